package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.ChangeTeller.Expunges;
import org.malleposte.imap.ImapState.Selected;

/** SEARCH (RFC 3501 §6.4.4). */
final class SearchCommand {
  private final SessionCore core;

  SearchCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> search(Selected selected, ImapCommand.Search command) {
    Expunges expunges = command.numbering() == Numbering.UID ? Expunges.TOLD : Expunges.HELD;
    Optional<SearchProgram> test = SearchProgram.compile(command.key(), selected.view());
    if (test.isEmpty()) {
      return core.finish(ImapReplies.NO_SUCH_MESSAGE, expunges);
    }
    var steps = new ArrayList<ImapStep>();
    if (test.get().asksModSeq()) {
      steps.addAll(core.tellModSeq());
    }
    var output =
        new SearchOutput(selected.account(), selected.view(), command.numbering(), test.get());
    steps.add(
        new ImapStep.Stream(output, () -> core.finish(ImapReply.ok("Search completed"), expunges)));
    return steps;
  }
}

package org.malleposte.imap;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.malleposte.imap.ChangeTeller.Expunges;
import org.malleposte.imap.ImapState.Selected;
import org.malleposte.imap.SearchReturn.Result;

/** SEARCH, SORT and THREAD (RFC 3501 §6.4.4, RFC 5256, RFC 4731, RFC 5182, RFC 9394). */
final class SearchCommand {
  private final SessionCore core;

  SearchCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> search(Selected selected, ImapCommand.Search command) {
    return scanning(
        selected,
        command.numbering(),
        command.key(),
        (scan, program) -> {
          var writer = writer(selected, command.numbering(), command.wanted());
          var output = new SearchOutput(scan, program.asksModSeq(), writer);
          return stream(selected, output, command.numbering(), command.wanted(), "Search");
        });
  }

  List<ImapStep> sort(Selected selected, ImapCommand.Sort command) {
    return scanning(
        selected,
        command.numbering(),
        command.key(),
        (scan, program) -> {
          var writer = writer(selected, command.numbering(), command.wanted());
          var output = new SortOutput(scan, command.order(), program.asksModSeq(), writer);
          return stream(selected, output, command.numbering(), command.wanted(), "Sort");
        });
  }

  List<ImapStep> thread(Selected selected, ImapCommand.Thread command) {
    return scanning(
        selected,
        command.numbering(),
        command.key(),
        (scan, program) -> {
          var output =
              new ThreadOutput(scan, command.algorithm(), selected.view(), command.numbering());
          return stream(selected, output, command.numbering(), Optional.empty(), "Thread");
        });
  }

  private interface Scanning {
    ImapStep with(SearchScan scan, SearchProgram program);
  }

  private List<ImapStep> scanning(
      Selected selected, Numbering numbering, SearchKey key, Scanning scanning) {
    Optional<SearchProgram> program =
        SearchProgram.compile(key, selected.view(), core.clock().instant());
    if (program.isEmpty()) {
      return core.finish(ImapReplies.NO_SUCH_MESSAGE, expunges(numbering));
    }
    var steps = new ArrayList<ImapStep>();
    if (program.get().asksModSeq()) {
      steps.addAll(core.tellModSeq());
    }
    var scan = new SearchScan(selected.account(), selected.view(), program.get());
    steps.add(scanning.with(scan, program.get()));
    return steps;
  }

  private ImapStep stream(
      Selected selected,
      FoundOutput output,
      Numbering numbering,
      Optional<SearchReturn> wanted,
      String name) {
    boolean saves = wanted.filter(options -> options.has(Result.SAVE)).isPresent();
    return new ImapStep.Stream(
        output,
        () -> {
          Optional<SearchResult> result = output.result();
          if (saves) {
            // What could not be searched leaves nothing behind (RFC 5182 §2.1).
            selected
                .view()
                .save(
                    result
                        .map(found -> found.saved(wanted.get()))
                        .orElseGet(java.util.BitSet::new));
          }
          return core.finish(
              result.isEmpty() ? ImapReplies.TOO_MANY_FOUND : ImapReply.ok(name + " completed"),
              expunges(numbering));
        });
  }

  private SearchWriter writer(
      Selected selected, Numbering numbering, Optional<SearchReturn> wanted) {
    return new SearchWriter(core.tag(), selected.view(), numbering, wanted);
  }

  private static Expunges expunges(Numbering numbering) {
    return numbering == Numbering.UID ? Expunges.TOLD : Expunges.HELD;
  }
}

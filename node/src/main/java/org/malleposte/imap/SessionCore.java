package org.malleposte.imap;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.malleposte.imap.ChangeTeller.Expunges;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.QueueId;

/** What the commands of a session share: its state, and how a command ends. */
final class SessionCore {
  private final ImapSettings settings;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final ChangeTeller teller = new ChangeTeller(this);
  private final RecentClaim recent = new RecentClaim(this);
  private ImapState state = new ImapState.NotAuthenticated(0);
  private PendingChanges changes = new PendingChanges(0, 0);
  private final Set<Extension> enabled = EnumSet.noneOf(Extension.class);
  private String tag = "*";

  SessionCore(ImapSettings settings, InstantSource clock, RandomGenerator random) {
    this.settings = settings;
    this.clock = clock;
    this.random = random;
  }

  ImapSettings settings() {
    return settings;
  }

  InstantSource clock() {
    return clock;
  }

  ImapState state() {
    return state;
  }

  void become(ImapState next) {
    state = next;
  }

  PendingChanges changes() {
    return changes;
  }

  /** Changes are noted here from now on; those of an earlier mailbox are forgotten. */
  void begin(PendingChanges newChanges) {
    changes = newChanges;
  }

  RecentClaim recent() {
    return recent;
  }

  /** Whether the client has shown that it knows MODSEQ (RFC 7162 §3.1). */
  boolean tellsModSeq() {
    return enabled.contains(Extension.CONDSTORE);
  }

  /**
   * The client knows MODSEQ. If it has selected a mailbox without saying so, it now hears up to
   * where it has been told all changes (RFC 7162 §3.1): what is told later has a MODSEQ.
   */
  List<ImapStep> tellModSeq() {
    boolean news = enabled.add(Extension.CONDSTORE) && state instanceof ImapState.Selected;
    return news
        ? List.of(Send.line("* OK [HIGHESTMODSEQ " + changes.toldModSeq() + "] Highest"))
        : List.of();
  }

  boolean has(Extension extension) {
    return enabled.contains(extension);
  }

  List<ImapStep> enable(Extension extension) {
    List<ImapStep> news =
        switch (extension) {
          case CONDSTORE, QRESYNC -> tellModSeq();
        };
    enabled.add(extension);
    return news;
  }

  void beginCommand(String newTag) {
    tag = newTag;
  }

  String tag() {
    return tag;
  }

  QueueId newId() {
    return QueueId.create(clock.instant(), random);
  }

  List<ImapStep> tell(Expunges expunges) {
    return teller.tell(expunges);
  }

  /** Tells what has happened, then ends the command. */
  List<ImapStep> finish(ImapReply reply) {
    return finish(reply, Expunges.TOLD);
  }

  List<ImapStep> finish(ImapReply reply, Expunges expunges) {
    var steps = new ArrayList<>(teller.tell(expunges));
    String line = reply.line(tag);
    steps.add(Send.line(line));
    return steps;
  }

  /**
   * Ends a command that has expunged. Only what the client has heard of counts: a larger number
   * would make it miss the rest when it resynchronizes (RFC 7162 §3.2.7).
   */
  List<ImapStep> finishExpunge(ImapReply reply) {
    if (!has(Extension.QRESYNC)) {
      return finish(reply);
    }
    var steps = new ArrayList<>(teller.tell(Expunges.TOLD));
    steps.add(
        new ImapStep.Then(() -> reply(reply.withCode("HIGHESTMODSEQ " + changes.toldModSeq()))));
    return steps;
  }

  /** Forgets the login and all that came with it. */
  List<ImapStep> unauthenticate() {
    state = new ImapState.NotAuthenticated(0);
    changes = new PendingChanges(0, 0);
    enabled.clear();
    var steps = new ArrayList<ImapStep>();
    steps.add(new ImapStep.Unwatch());
    steps.add(new ImapStep.Leave());
    steps.addAll(reply(ImapReply.ok("Logged out of the account")));
    return steps;
  }

  /** Ends the command without telling anything else. */
  List<ImapStep> reply(ImapReply reply) {
    return List.of(Send.line(reply.line(tag)));
  }

  List<ImapStep> bye(String why) {
    state = new ImapState.Logout();
    return List.of(new ImapStep.Unwatch(), Send.line("* BYE " + why), new ImapStep.Close());
  }
}

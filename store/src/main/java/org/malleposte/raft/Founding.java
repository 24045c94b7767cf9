package org.malleposte.raft;

import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.link.Cluster;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.raft.FoundingState.Ballot;
import org.malleposte.raft.FoundingState.Founded;
import org.malleposte.raft.FoundingState.Open;
import org.malleposte.raft.FoundingState.Vote;
import org.malleposte.raft.FoundingText.Answer;
import org.malleposte.raft.FoundingText.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Agrees once, for ever, on who the first peers of the store are. Until then no group exists, and
 * nobody votes or stores anything.
 *
 * <p>As soon as as many nodes with a store are there as there are founders, the one with the lowest
 * name proposes them. It is Paxos for one value, with the whole list as its quorum: each node first
 * promises to take no part in older attempts and says what it voted for, then votes. Only when
 * <em>every</em> node on the list has voted is the store founded; the proposer notes that, tells
 * the others, and each begins to act as a peer when it hears it. So two lists that share a node can
 * never both be founded.
 *
 * <p><b>A crash</b> before a vote is on disk: nothing happened. After some votes: nobody acts; the
 * next attempt must propose the same list again (a vote that might have been the last is never
 * outvoted). After all votes, before the proposer notes it: the same. After it noted it, before it
 * told anyone: it alone acts, which commits nothing unless it is the only founder; the others wait
 * for it, since a node on the list is missing, and hear it when it returns. After some were told:
 * the rest ask every half second and hear it from those.
 *
 * <p><b>A disk that is wiped</b> before the founding: the list with its old store id can never get
 * all votes; since its name is there again under another id, and everybody on the list says that it
 * does not act, the list may be replaced. If the wiped node was the proposer and had begun to act
 * alone, it had no majority and committed nothing. Wiped after the founding: it asks the others
 * first, adopts their record, in which its name has another store id, and so must be added as a new
 * peer; it never votes under the old id. All disks wiped: an empty cluster, which is founded anew.
 *
 * <p>An empty node founds nothing while anyone with a store does not answer: that one may know of a
 * founding. Adopting a record that names this node with its present store id is always safe, for
 * this disk has not voted anywhere else.
 */
final class Founding {
  static final String SERVICE = "store.founding";
  private static final Logger LOG = LoggerFactory.getLogger(Founding.class);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);
  // Opening the groups may replay a log.
  private static final Duration TELL_TIMEOUT = Duration.ofSeconds(30);

  private final RaftSettings settings;
  private final FoundingAcceptor acceptor;
  private final NodeLink link;
  private final Cluster cluster;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Executor executor;
  private final Supplier<CompletableFuture<Void>> hold;
  private final AtomicBoolean busy = new AtomicBoolean();
  private volatile String waiting = "";

  /**
   * @param executor for work that waits; virtual threads
   * @param hold opens the groups of the founded store, or sees that they are open; called with
   *     every news of the founding
   */
  Founding(
      RaftSettings settings,
      FoundingAcceptor acceptor,
      NodeLink link,
      Cluster cluster,
      InstantSource clock,
      RandomGenerator random,
      Executor executor,
      Supplier<CompletableFuture<Void>> hold) {
    this.settings = settings;
    this.acceptor = acceptor;
    this.link = link;
    this.cluster = cluster;
    this.clock = clock;
    this.random = random;
    this.executor = executor;
    this.hold = hold;
    link.serve(SERVICE, (_, request) -> handle(FoundingText.message(request)));
  }

  /** Tries once, unless it is founded or a try is under way. Returns at once. */
  void tick() {
    if (acceptor.state() instanceof Open && busy.compareAndSet(false, true)) {
      executor.execute(
          () -> {
            try {
              round();
            } finally {
              busy.set(false);
            }
          });
    }
  }

  /** Tells a peer of the founding, and whether it then holds the groups. Blocks. */
  boolean holds(Peer peer, FoundingRecord record) {
    Answer answer = tell(peer.name(), record).join();
    if (answer.state() instanceof Founded(var other) && !other.equals(record)) {
      LOG.error("{} belongs to another store: {}, ours is {}", peer.id(), other, record);
      return false;
    }
    return answer.from().equals(peer.id()) && answer.state() instanceof Founded;
  }

  private CompletableFuture<Answer> tell(NodeName node, FoundingRecord record) {
    return link.request(node, SERVICE, FoundingText.encode(new Message.Tell(record)), TELL_TIMEOUT)
        .thenApply(FoundingText::answer);
  }

  private CompletableFuture<byte[]> handle(Message message) {
    return CompletableFuture.supplyAsync(() -> state(message), executor)
        .thenCompose(
            state ->
                message instanceof Message.Tell
                    ? hold.get().thenApply(_ -> state)
                    : CompletableFuture.completedFuture(state))
        .thenApply(state -> FoundingText.encode(new Answer(settings.self(), state)));
  }

  private FoundingState state(Message message) {
    return switch (message) {
      case Message.Ask() -> acceptor.state();
      case Message.Prepare(var ballot) -> acceptor.promise(ballot);
      case Message.Accept(var ballot, var record) -> acceptor.vote(ballot, record);
      case Message.Tell(var record) -> acceptor.learn(record);
    };
  }

  private void round() {
    var live = Peer.live(cluster.view());
    var answers = askAll(live, new Message.Ask());
    if (adopted(answers)) {
      return;
    }
    if (answers.size() < live.size() || live.size() < settings.founders()) {
      say("waiting for founders: " + answers.size() + " of " + settings.founders());
      return;
    }
    if (live.getFirst().id().equals(settings.self())) {
      propose(live, answers);
    }
  }

  private void propose(List<Peer> live, List<Answer> answers) {
    var ballot = new Ballot(1 + highestRound(answers), settings.name());
    var promises = askAll(live, new Message.Prepare(ballot));
    if (adopted(promises) || promises.size() < live.size()) {
      return;
    }
    if (!promises.stream().allMatch(a -> promised(a.state(), ballot))) {
      return;
    }
    var record = choose(live, promises);
    if (record.isEmpty()) {
      say("waiting for a node that took part in an attempt to found");
      return;
    }
    var vote = new Vote(ballot, record.get());
    var votes = askAll(vote.record().peers(), new Message.Accept(ballot, vote.record()));
    if (adopted(votes) || votes.size() < vote.record().peers().size()) {
      return;
    }
    if (votes.stream().allMatch(a -> voted(a.state(), vote))) {
      found(live, vote);
    }
  }

  private void found(List<Peer> live, Vote vote) {
    if (acceptor.found(vote.ballot(), vote.record()) instanceof Founded) {
      LOG.info("founded the store: {}", vote.record());
      live.stream()
          .filter(p -> !p.id().equals(settings.self()))
          .forEach(
              p ->
                  tell(p.name(), vote.record())
                      .exceptionally(
                          e -> {
                            // It will ask.
                            LOG.debug("{} was not told of the founding", p.name(), e);
                            return null;
                          }));
      hold.get();
    }
  }

  /**
   * The list to propose. A vote may have been the last that was missing, so the newest one is
   * proposed again, unless it is certain that nobody acts on it and that it can never be completed.
   */
  private Optional<FoundingRecord> choose(List<Peer> live, List<Answer> promises) {
    var newest =
        promises.stream()
            .map(Answer::state)
            .flatMap(s -> s instanceof Open(_, var vote) ? vote.stream() : null)
            .max(Comparator.comparing(Vote::ballot));
    if (newest.isEmpty()) {
      return Optional.of(newRecord(live));
    }
    var names = live.stream().map(Peer::name).toList();
    var ids = live.stream().map(Peer::id).toList();
    var record = newest.get().record();
    if (record.peers().stream().allMatch(p -> ids.contains(p.id()))) {
      return Optional.of(record);
    }
    boolean allNamesThere = record.peers().stream().allMatch(p -> names.contains(p.name()));
    return allNamesThere ? Optional.of(newRecord(live)) : Optional.empty();
  }

  private FoundingRecord newRecord(List<Peer> live) {
    return new FoundingRecord(
        HexFormat.of().toHexDigits(random.nextLong()),
        settings.cluster(),
        settings.groups(),
        clock.instant().truncatedTo(ChronoUnit.SECONDS),
        live.subList(0, settings.founders()));
  }

  /** Adopts the founding that someone knows of; nothing when two know of different ones. */
  private boolean adopted(List<Answer> answers) {
    var records =
        answers.stream()
            .flatMap(a -> a.state() instanceof Founded(var r) ? Optional.of(r).stream() : null)
            .distinct()
            .toList();
    if (records.size() > 1) {
      LOG.error("two stores were founded in one cluster, joining none: {}", records);
      return true;
    }
    if (records.size() == 1) {
      LOG.info("adopting the founding of the store: {}", records.getFirst());
      acceptor.learn(records.getFirst());
      hold.get();
      return true;
    }
    return false;
  }

  /** The answers of those who answered in time and are who the view says they are. */
  private List<Answer> askAll(List<Peer> peers, Message message) {
    byte[] request = FoundingText.encode(message);
    var pending = new ArrayList<CompletableFuture<Answer>>();
    for (var peer : peers) {
      pending.add(
          peer.id().equals(settings.self())
              ? CompletableFuture.completedFuture(new Answer(settings.self(), state(message)))
              : link.request(peer.name(), SERVICE, request, ANSWER_TIMEOUT)
                  .thenApply(FoundingText::answer));
    }
    var ids = peers.stream().map(Peer::id).toList();
    return pending.stream()
        .flatMap(f -> await(f).stream())
        .filter(a -> ids.contains(a.from()))
        .toList();
  }

  private static Optional<Answer> await(CompletableFuture<Answer> answer) {
    try {
      return Optional.of(answer.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof LinkException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static long highestRound(List<Answer> answers) {
    return answers.stream()
        .map(Answer::state)
        .mapToLong(s -> s instanceof Open(var p, _) ? p.map(Ballot::round).orElse(0L) : 0)
        .max()
        .orElse(0);
  }

  private static boolean promised(FoundingState state, Ballot ballot) {
    return state instanceof Open(var promised, _) && promised.equals(Optional.of(ballot));
  }

  private static boolean voted(FoundingState state, Vote vote) {
    return state instanceof Open(_, var cast) && cast.equals(Optional.of(vote));
  }

  private void say(String what) {
    if (!what.equals(waiting)) {
      waiting = what;
      LOG.info("{}", what);
    }
  }
}

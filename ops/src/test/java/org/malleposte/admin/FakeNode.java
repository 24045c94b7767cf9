package org.malleposte.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;

/** A node with a queue in memory and two others beside it. */
public final class FakeNode implements Health, ClusterOperations, QueueOperations, UserOperations {
  public static final Instant ACCEPTED = Instant.parse("2026-03-01T12:00:00Z");
  public final TreeMap<QueueId, SpoolEntry> queue = new TreeMap<>();
  public final TreeMap<AccountName, String> passwords = new TreeMap<>();
  public final List<String> calls = new ArrayList<>();
  public List<String> deadly = List.of();
  public List<String> unready = List.of();
  public boolean majority = true;

  public static QueueId id(int number) {
    return QueueId.create(ACCEPTED.plus(Duration.ofSeconds(number)), () -> number);
  }

  public SpoolEntry enqueue(int number) {
    var bob = EmailAddress.parse("bob@mx.test");
    var carol = EmailAddress.parse("carol@far.test");
    var entry =
        new SpoolEntry(
            id(number),
            new Envelope(
                ReversePath.of(EmailAddress.parse("alice@far.test")),
                List.of(bob, carol),
                new Envelope.Client("192.0.2.1", "far.test", "ESMTP"),
                Envelope.BodyType.SEVEN_BIT,
                Optional.empty()),
            List.of(
                new Delivery(new Target.Local(AccountName.of("bob"), bob), new State.Delivered()),
                new Delivery(
                    new Target.Remote(carol, carol), new State.Pending("connection refused"))),
            1234,
            3,
            ACCEPTED.plusSeconds(600),
            false);
    queue.put(entry.id(), entry);
    return entry;
  }

  @Override
  public List<String> deadly() {
    return deadly;
  }

  @Override
  public List<String> unready() {
    return unready;
  }

  @Override
  public CompletableFuture<ClusterStatus> status() {
    return CompletableFuture.completedFuture(
        new ClusterStatus(
            "malleposte",
            new NodeName("mx1.test"),
            majority,
            List.of(
                new ClusterStatus.NodeStatus(
                    member("mx1.test", Role.PRIMARY, true),
                    "primary",
                    Optional.of(new ClusterStatus.SpoolDepth(2, 2468, 1))),
                new ClusterStatus.NodeStatus(
                    member("mx2.test", Role.SECONDARY, false),
                    "a primary is ready",
                    Optional.empty())),
            List.of(
                new ClusterStatus.ShardStatus(
                    "directory", Optional.of(new NodeName("mx1.test")), 12),
                new ClusterStatus.ShardStatus("0", Optional.empty(), 7))));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> promote() {
    return now(
        majority
            ? AdminAnswer.done("mx1.test delivers now")
            : new AdminAnswer.Unavailable<>("the store has no majority"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> demote() {
    return now(new AdminAnswer.Conflict<>("mx1.test does not deliver"));
  }

  @Override
  public CompletableFuture<AdminAnswer<Reloaded>> reload(ReloadScope scope) {
    return now(
        AdminAnswer.done(
            new Reloaded(
                List.of("tables: 4 files" + (scope == ReloadScope.NODE ? " here" : "")),
                List.of("access:3: odd"))));
  }

  @Override
  public CompletableFuture<Listing> list(Optional<QueueId> after, int limit) {
    var entries =
        queue.values().stream()
            .filter(e -> after.isEmpty() || e.id().compareTo(after.get()) > 0)
            .limit(limit)
            .toList();
    return now(new Listing(entries, queue.size()));
  }

  @Override
  public CompletableFuture<AdminAnswer<Shown>> show(QueueId id) {
    SpoolEntry entry = queue.get(id);
    return now(
        entry == null
            ? new AdminAnswer.Unknown<>("no entry " + id)
            : AdminAnswer.done(new Shown(entry, "Subject: hello\r\n")));
  }

  @Override
  public CompletableFuture<AdminAnswer<Long>> flush() {
    calls.add("flush");
    return now(AdminAnswer.done((long) queue.size()));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> flush(QueueId id) {
    return known(id, "flush");
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> hold(QueueId id) {
    return known(id, "hold");
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> release(QueueId id) {
    return known(id, "release");
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> delete(QueueId id) {
    return known(id, "delete").whenComplete((_, _) -> queue.remove(id));
  }

  @Override
  public CompletableFuture<AdminAnswer<Long>> adopt(NodeName owner) {
    return CompletableFuture.failedFuture(new IllegalStateException("a bug, on purpose"));
  }

  @Override
  public CompletableFuture<List<User>> list() {
    return now(passwords.keySet().stream().map(name -> new User(name, Source.DIRECTORY)).toList());
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> add(AccountName name, String password) {
    return now(
        passwords.putIfAbsent(name, password) == null
            ? AdminAnswer.done(name + " is in the directory, valid on all nodes")
            : new AdminAnswer.Conflict<>(name + " exists already"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> setPassword(AccountName name, String password) {
    return now(
        passwords.replace(name, password) == null
            ? new AdminAnswer.Unknown<>("no account " + name)
            : AdminAnswer.done(name + " has a new password"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> delete(AccountName name) {
    return now(
        passwords.remove(name) == null
            ? new AdminAnswer.Unknown<>("no account " + name)
            : AdminAnswer.done(name + " is gone, its mail stays"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> undelete(AccountName name, Duration within) {
    return now(
        passwords.containsKey(name)
            ? AdminAnswer.done("2 mails of " + name + " since " + within + " are back")
            : new AdminAnswer.Unavailable<>("no majority"));
  }

  private CompletableFuture<AdminAnswer<String>> known(QueueId id, String what) {
    calls.add(what + " " + id);
    return now(
        queue.containsKey(id)
            ? AdminAnswer.done(what + " " + id)
            : new AdminAnswer.Unknown<>("no entry " + id));
  }

  private static <T> CompletableFuture<T> now(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private static Member member(String name, Role role, boolean delivers) {
    return new Member(
        new NodeName(name),
        role,
        delivers,
        true,
        "spool-" + name,
        "store-" + name,
        "0.1.0",
        Map.of("smtp", "127.0.0.1:2525"),
        ACCEPTED);
  }
}

package org.malleposte.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.DeliveryAgent;
import org.malleposte.delivery.DeliveryOutcome;
import org.malleposte.delivery.LocalDelivery;
import org.malleposte.handover.CommitRule;
import org.malleposte.handover.FlushFallback;
import org.malleposte.link.ClusterView;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Target;
import org.malleposte.schedule.Bouncer;
import org.malleposte.spool.SpoolEntry;

/** All that a mail can end in: mailboxes, other hosts, reports. And a ledger of it. */
final class SimMail {
  private static final EnhancedStatus NO_SUCH_USER = new EnhancedStatus(5, 1, 1);
  private static final EnhancedStatus NO_ANSWER = new EnhancedStatus(4, 4, 1);

  /** What was in the mail when its client sent it. */
  final Map<QueueId, byte[]> bodies = new HashMap<>();

  /** Accounts, and the ids in their mailboxes. */
  final Map<String, TreeSet<QueueId>> mailboxes = new LinkedHashMap<>();

  /** How often another host got which mail. */
  final Map<String, Map<QueueId, Integer>> abroad = new LinkedHashMap<>();

  /** Reports that were committed, by the mail and the target they are about. */
  final Map<String, TreeSet<QueueId>> reports = new LinkedHashMap<>();

  /** Reports that were committed while nobody else was alive. */
  final TreeSet<QueueId> aloneReports = new TreeSet<>();

  final List<QueueId> warnings = new ArrayList<>();

  boolean slowHosts = true;
  final List<String> damage = new ArrayList<>();
  private final SimWorld world;

  SimMail(SimWorld world) {
    this.world = world;
  }

  Ways on(SimCluster cluster, SimProcess process) {
    return new Ways(cluster, process);
  }

  private void check(QueueId id, MessageBody body) {
    var sent = bodies.get(id);
    try {
      if (sent != null && !Arrays.equals(sent, body.readAll())) {
        damage.add(id + " has another body");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same, as one process reaches it. */
  final class Ways implements LocalDelivery, DeliveryAgent, FlushFallback {
    private final SimCluster cluster;
    private final SimProcess process;

    Ways(SimCluster cluster, SimProcess process) {
      this.cluster = cluster;
      this.process = process;
    }

    @Override
    public CompletableFuture<Map<Target.Local, LocalOutcome>> deliver(
        QueueId id,
        List<Target.Local> targets,
        Envelope envelope,
        MessageBody body,
        Duration timeout) {
      var outcomes = new LinkedHashMap<Target.Local, LocalOutcome>();
      var all = new CompletableFuture<Map<Target.Local, LocalOutcome>>();
      process.after(
          timeout,
          () -> {
            targets.forEach(t -> outcomes.putIfAbsent(t, new LocalOutcome.Unavailable("late")));
            all.complete(Map.copyOf(outcomes));
          });
      check(id, body);
      for (var target : targets) {
        append(
            id,
            target,
            outcome -> {
              outcomes.putIfAbsent(target, outcome);
              if (outcomes.size() == targets.size()) {
                all.complete(Map.copyOf(outcomes));
              }
            });
      }
      return all;
    }

    private void append(
        QueueId id, Target.Local target, java.util.function.Consumer<LocalOutcome> answer) {
      // A few are applied long after the caller has given them up.
      var delay = world.random.nextInt(40) == 0 ? world.upTo(20_000) : world.upTo(15);
      boolean answerIsLost = world.random.nextInt(40) == 0;
      world.after(
          delay,
          () -> {
            if (cluster.hasMajority(process.name)) {
              boolean isNew =
                  mailboxes.computeIfAbsent(target.account().value(), _ -> new TreeSet<>()).add(id);
              cluster.log(process.name + " stores " + id + " " + target.account() + " " + isNew);
              if (!answerIsLost) {
                process.run(() -> answer.accept(new LocalOutcome.Stored(!isNew)));
              }
            }
          });
    }

    @Override
    public String lane(AccountName account) {
      return "shard." + (account.value().hashCode() & 1);
    }

    @Override
    public Map<Target, DeliveryOutcome> deliver(
        SpoolEntry entry, List<Target> targets, MessageBody body) {
      check(entry.id(), body);
      var outcomes = new HashMap<Target, DeliveryOutcome>();
      for (var target : targets) {
        outcomes.put(target, send(entry.id(), ((Target.Remote) target).address()));
      }
      return outcomes;
    }

    private DeliveryOutcome send(QueueId id, EmailAddress address) {
      if (address.localPart().startsWith("nobody")) {
        return new DeliveryOutcome.Failed(NO_SUCH_USER, "no such user");
      }
      if (address.domain().name().startsWith("dead")) {
        return new DeliveryOutcome.Deferred(NO_ANSWER, "no answer");
      }
      if (slowHosts && address.domain().name().startsWith("slow") && world.random.nextInt(3) > 0) {
        return new DeliveryOutcome.Deferred(NO_ANSWER, "no answer");
      }
      abroad.computeIfAbsent(address.toString(), _ -> new HashMap<>()).merge(id, 1, Integer::sum);
      cluster.log(process.name + " sends " + id + " " + address);
      return new DeliveryOutcome.Delivered("250 ok", DeliveryOutcome.Reach.OTHER_HOST);
    }

    @Override
    public Map<Target, DeliveryOutcome> hand(
        ClusterView.Member deliverer, SpoolEntry entry, List<Target> targets, MessageBody body) {
      var outcomes = new HashMap<Target, DeliveryOutcome>();
      targets.forEach(t -> outcomes.put(t, new DeliveryOutcome.Deferred(NO_ANSWER, "no way")));
      return outcomes;
    }

    Bouncer bouncer(CommitRule rule) {
      return new ToMailbox(rule, report -> cluster.nodes.get(process.name).isAlone(report));
    }
  }

  /** Reports go to the account that is called as the sender. */
  private final class ToMailbox implements Bouncer {
    private final CommitRule rule;
    private final Predicate<QueueId> isAlone;

    ToMailbox(CommitRule rule, Predicate<QueueId> isAlone) {
      this.rule = rule;
      this.isAlone = isAlone;
    }

    @Override
    public CompletableFuture<BounceOutcome> tell(
        QueueId report, SpoolEntry entry, List<Notice> notices, MessageBody body) {
      if (notices.stream().allMatch(notice -> notice.action() == Action.DELAYED)) {
        warnings.add(entry.id());
        return CompletableFuture.completedFuture(new BounceOutcome.Reported());
      }
      check(entry.id(), body);
      var account = new AccountName(entry.envelope().from().address().orElseThrow().localPart());
      var to = EmailAddress.parse(account + "@here.test");
      var envelope =
          new Envelope(
              ReversePath.NULL,
              List.of(to),
              new Envelope.Client("127.0.0.1", "", "LOCAL"),
              Envelope.BodyType.SEVEN_BIT,
              Optional.empty());
      var text = new MessageBody.InMemory(("about " + entry.id()).getBytes());
      return rule.commit(report, envelope, List.of(new Target.Local(account, to)), text)
          .thenApply(outcome -> noted(report, entry, notices, outcome));
    }

    private BounceOutcome noted(
        QueueId report, SpoolEntry entry, List<Notice> notices, CommitRule.CommitOutcome outcome) {
      if (!(outcome instanceof CommitRule.CommitOutcome.Committed)) {
        return new BounceOutcome.Later(outcome.toString());
      }
      if (isAlone.test(report)) {
        aloneReports.add(report);
      }
      for (var notice : notices) {
        reports
            .computeIfAbsent(entry.id() + " " + notice.target(), _ -> new TreeSet<>())
            .add(report);
      }
      return new BounceOutcome.Reported();
    }
  }
}

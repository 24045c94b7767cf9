package org.malleposte.handover;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.malleposte.blob.MessageBody;
import org.malleposte.handover.CommitRule.CommitOutcome;
import org.malleposte.handover.FlushWire.Answer;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.mail.QueueId;
import org.malleposte.runtime.Futures;
import org.malleposte.spool.Brief;
import org.malleposte.spool.DiskSpace;
import org.malleposte.spool.Spool;
import org.malleposte.spool.SpoolCodec;
import org.malleposte.spool.SpoolRecord;
import org.malleposte.spool.SpoolRecord.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliverer's side of the flush: {@code flush.batch} and {@code flush.chunk}. All mails of all
 * batches are committed at once, so that the store's committer makes few, big entries of them; each
 * is answered <i>taken</i> only after its own commit. Senders bound what is under way: a few
 * batches each.
 *
 * <p>A repeat is recognised: while its first one is being committed it shares the answer; for local
 * targets the store knows (queue id, account); for remote ones the spool knows the id, also for
 * some weeks after it was finished.
 *
 * <p>Thread-safe; never blocks.
 */
public final class FlushReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(FlushReceiver.class);

  static final String BATCH = "flush.batch";
  static final String CHUNK = "flush.chunk";

  private final Cluster cluster;
  private final Spool spool;
  private final SpoolCommitRule rule;
  private final PartialBodies partials;
  private final Executor blocking;
  private final int machines;
  private final ResumeGate gate;
  private final Predicate<QueueId> isOffered;
  private final Map<QueueId, CompletableFuture<Answer>> taking = new ConcurrentHashMap<>();

  /**
   * Blocks: clears the directory.
   *
   * @param temporary a directory of its own for large bodies on their way
   * @param machines that keep a mail ({@code queue.copies})
   * @param isOffered whether this node is handing an entry over at this moment
   */
  public FlushReceiver(
      Cluster cluster,
      Spool spool,
      SpoolCommitRule rule,
      Path temporary,
      DiskSpace disk,
      InstantSource clock,
      Executor blocking,
      int machines,
      ResumeGate gate,
      Predicate<QueueId> isOffered) {
    this.cluster = cluster;
    this.spool = spool;
    this.rule = rule;
    this.partials = new PartialBodies(temporary, disk, clock);
    this.blocking = blocking;
    this.machines = machines;
    this.gate = gate;
    this.isOffered = isOffered;
  }

  /** Offers the services. */
  public void serve(NodeLink link) {
    link.serve(BATCH, this::batch);
    link.serve(CHUNK, this::chunk);
  }

  private CompletableFuture<byte[]> chunk(NodeName from, byte[] request) {
    var part = FlushWire.decodePart(request);
    return Futures.call(blocking, () -> FlushWire.encode(partials.write(part)));
  }

  private CompletableFuture<byte[]> batch(NodeName from, byte[] request) {
    var answers = new ArrayList<CompletableFuture<Answer>>();
    for (var item : FlushWire.decodeBatch(request)) {
      answers.add(answer(from, item));
    }
    return Futures.all(answers).thenApply(FlushWire::encodeAnswers);
  }

  // One entry that cannot be read must not keep back the others.
  private CompletableFuture<Answer> answer(NodeName from, FlushWire.Item item) {
    try {
      return answer(from, SpoolCodec.decode(item.record()), item.body());
    } catch (RuntimeException e) {
      LOG.error("an entry that {} hands over cannot be read", from, e);
      return CompletableFuture.completedFuture(
          new Answer.Later("cannot be read here: " + Futures.reason(e)));
    }
  }

  private CompletableFuture<Answer> answer(
      NodeName from, SpoolRecord record, Optional<byte[]> inline) {
    if (!delivers()) {
      return CompletableFuture.completedFuture(new Answer.Later("does not deliver"));
    }
    // First of all: while it is being committed it may be in the spool, and be withdrawn again.
    var mine = new CompletableFuture<Answer>();
    var first = taking.putIfAbsent(record.id(), mine);
    if (first != null) {
      return first;
    }
    take(from, record, inline)
        .exceptionally(e -> new Answer.Later(Futures.reason(e)))
        .thenAccept(
            answer -> {
              taking.remove(record.id());
              mine.complete(answer);
            });
    return mine;
  }

  private boolean delivers() {
    var view = cluster.view();
    return view.member(view.self()).map(Member::mayDeliver).orElse(false);
  }

  private CompletableFuture<Answer> take(
      NodeName from, SpoolRecord record, Optional<byte[]> inline) {
    var entry = record.entry();
    // Asked before we look: what is offered may be gone the moment after. Two nodes that offer each
    // other the same mail would else both be told that it is safe with the other.
    if (isOffered.test(entry.id())) {
      return CompletableFuture.completedFuture(new Answer.Later("is being handed over itself"));
    }
    var brief = spool.brief(entry.id());
    if (brief.isPresent()) {
      return CompletableFuture.completedFuture(known(from, brief.get()));
    }
    var body =
        inline
            .<MessageBody>map(MessageBody.InMemory::new)
            .or(() -> partials.take(record.id(), entry.sizeBytes()));
    if (body.isEmpty()) {
      return CompletableFuture.completedFuture(new Answer.Later("its body has not come whole"));
    }
    // Who sends it has it on two disks: one that is alone by its view must not take it from there.
    return rule.take(entry, new Origin.Flushed(from), body.get(), true)
        .whenComplete((_, _) -> close(body.get()))
        .thenApply(
            settled ->
                switch (settled.outcome()) {
                  case CommitOutcome.Committed _ -> new Answer.Taken();
                  case CommitOutcome.Refused(var status, var text) ->
                      new Answer.Refused(status, text);
                  case CommitOutcome.NoSpace(var detail) -> new Answer.Later(detail);
                  case CommitOutcome.NotSafe(var detail) -> new Answer.Later(detail);
                });
  }

  // Who sends it has it on two disks. Here it may be on one yet, when it was adopted; or be about
  // to
  // be dropped, when someone has adopted it from us: perhaps the very node that sends it.
  // A copy that the sender held for us counts for nothing: when it adopted from us it made an entry
  // of
  // it, the very one that it sends and will remove.
  private Answer known(NodeName from, Brief brief) {
    if (gate.isInDoubt(brief)) {
      return new Answer.Later("is here, but somebody may have adopted it");
    }
    return machines > 1 && brief.holders().stream().allMatch(h -> h.node().equals(from))
        ? new Answer.Later("is here, but on one disk yet")
        : new Answer.Taken();
  }

  private void close(MessageBody body) {
    if (body instanceof MessageBody.InFile) {
      Futures.call(
          blocking,
          () -> {
            body.close();
            return null;
          });
    }
  }
}

package org.malleposte.handover;

import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.malleposte.handover.CopyWire.Answer;
import org.malleposte.handover.CopyWire.Item;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.Futures;
import org.malleposte.spool.SpoolCodec;
import org.malleposte.trace.MailEvent;
import org.malleposte.trace.MailLog;

/** The holder's side of {@code copies.put} and {@code copies.done}. Thread-safe. */
public final class CopiesService {
  static final String PUT = "copies.put";
  static final String DONE = "copies.done";

  private final HeldCopies held;
  private final MailLog log;

  public CopiesService(HeldCopies held, MailLog log) {
    this.held = held;
    this.log = log;
  }

  /** Offers the services. */
  public void serve(NodeLink link) {
    link.serve(PUT, this::put);
    link.serve(DONE, this::done);
  }

  private CompletableFuture<byte[]> put(NodeName from, byte[] request) {
    var put = CopyWire.decodePut(request);
    var answers = new ArrayList<CompletableFuture<Answer>>();
    for (var item : put.items()) {
      answers.add(
          taken(from, put.ownerSpoolId(), item)
              .exceptionally(e -> new Answer.Broken(Futures.reason(e))));
    }
    return Futures.all(answers).thenApply(CopyWire::encode);
  }

  /** What cannot be read, such as of a newer version, is one item's fault and not the others'. */
  private CompletableFuture<Answer> taken(NodeName from, String spoolId, Item item) {
    try {
      return take(from, spoolId, item);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<Answer> take(NodeName from, String spoolId, Item item) {
    return switch (item) {
      case Item.Part(var id, var first, var bytes) -> held.part(spoolId, id, first, bytes);
      case Item.Hold(var encoded, var body) -> {
        var record = SpoolCodec.decode(encoded);
        yield held.hold(from, spoolId, record, encoded, body)
            .thenApply(
                answer -> {
                  if (answer instanceof Answer.Held) {
                    log.on(new MailEvent.Copied(record.id(), from.value()));
                  }
                  return answer;
                });
      }
    };
  }

  private CompletableFuture<byte[]> done(NodeName from, byte[] request) {
    var done = CopyWire.decodeDone(request);
    return held.done(done.spoolId(), done.news()).thenApply(_ -> new byte[0]);
  }
}

package org.malleposte.sim;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.malleposte.link.LinkException;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;

/** A wire that loses, delays and doubles requests and answers, and is cut by partitions. */
final class SimLink implements NodeLink {
  private final SimCluster cluster;
  private final SimProcess process;
  private final SimWorld world;

  SimLink(SimCluster cluster, SimProcess process, SimWorld world) {
    this.cluster = cluster;
    this.process = process;
    this.world = world;
  }

  @Override
  public NodeName self() {
    return new NodeName(process.name);
  }

  @Override
  public void serve(String service, Service handler) {
    if (process.services.put(service, handler) != null) {
      throw new IllegalStateException("offered twice: " + service);
    }
  }

  @Override
  public CompletableFuture<byte[]> request(
      NodeName to, String service, byte[] payload, Duration timeout) {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException(payload.length + " bytes for " + service);
    }
    var answer = new CompletableFuture<byte[]>();
    process.after(
        timeout,
        () -> answer.completeExceptionally(new LinkException(service + " timed out at " + to)));
    int times = world.random.nextInt(100) < cluster.doublesPercent ? 2 : 1;
    for (int i = 0; i < times; i++) {
      carry(to.value(), false, () -> handle(to.value(), service, payload.clone(), answer));
    }
    return answer;
  }

  private void carry(String to, boolean isAnswer, Runnable arrives) {
    boolean lost =
        world.random.nextInt(100) < cluster.lossPercent || isAnswer && cluster.losesAnswers;
    world.after(
        cluster.wireDelay().plusMillis(isAnswer ? cluster.answersTakeMillis : 0),
        () -> {
          if (!lost && cluster.connected(process.name, to)) {
            arrives.run();
          }
        });
  }

  private void handle(String to, String service, byte[] payload, CompletableFuture<byte[]> answer) {
    var receiver = cluster.process(to);
    if (receiver == null) {
      return;
    }
    receiver.run(
        () -> {
          var handler = receiver.services.get(service);
          if (handler == null) {
            return;
          }
          handler
              .handle(self(), payload)
              .whenComplete(
                  (bytes, failure) ->
                      carry(
                          to,
                          true,
                          () ->
                              process.run(
                                  () -> {
                                    if (failure != null) {
                                      answer.completeExceptionally(
                                          new LinkException("failed: " + failure, failure));
                                    } else {
                                      answer.complete(bytes);
                                    }
                                  })));
        });
  }
}

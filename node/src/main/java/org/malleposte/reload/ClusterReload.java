package org.malleposte.reload;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.admin.AdminAnswer;
import org.malleposte.admin.ClusterOperations.Reloaded;
import org.malleposte.link.ClusterView;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;

/**
 * Lets all nodes of the cluster read their files again, all or none: first every node reads and
 * holds, then every node puts in force. A mistake on one node, or a node that does not answer, and
 * nothing changes anywhere.
 *
 * <p>What two phases cannot promise: a node that dies between them, or is cut off, keeps what it
 * had. The answer names it; it reads the new files at its next start, or reload.
 *
 * <p>Thread-safe; never blocks.
 */
public final class ClusterReload {
  /** A million entries are read in some seconds. */
  static final Duration PREPARE_TIMEOUT = Duration.ofSeconds(15);

  static final Duration SWITCH_TIMEOUT = Duration.ofSeconds(4);

  /** Between two requests to switch: the first, or its answer, may have been lost. */
  static final Duration SWITCH_PAUSE = Duration.ofMillis(500);

  static final int SWITCH_ATTEMPTS = 3;

  private final NodeLink link;
  private final Supplier<ClusterView> view;
  private final LocalReload local;
  private final BlockingLane lane;
  private final Timers timers;
  private final RandomGenerator random;

  /**
   * Offers this node's part on the link.
   *
   * @param lane where files are read
   */
  public ClusterReload(
      NodeLink link,
      Supplier<ClusterView> view,
      LocalReload local,
      BlockingLane lane,
      Timers timers,
      RandomGenerator random) {
    this.link = link;
    this.view = view;
    this.local = local;
    this.lane = lane;
    this.timers = timers;
    this.random = random;
    new ReloadService(local, lane, timers).offer(link);
  }

  /** This node alone, such as for {@code newaliases}. */
  public CompletableFuture<AdminAnswer<Reloaded>> here() {
    return lane.call(
        () ->
            switch (local.prepare()) {
              case LocalReload.Prepared.Mistaken(var mistakes) -> refused("", mistakes);
              case LocalReload.Prepared.Ready(var warnings, var change) -> {
                var switched = change.now();
                var all = new ArrayList<>(warnings);
                all.addAll(switched.warnings());
                yield new AdminAnswer.Done<>(new Reloaded(switched.what(), all));
              }
            });
  }

  /** All nodes that are there. */
  public CompletableFuture<AdminAnswer<Reloaded>> everywhere() {
    byte[] id = new byte[8];
    random.nextBytes(id);
    byte[] request = HexFormat.of().formatHex(id).getBytes(StandardCharsets.US_ASCII);
    List<NodeName> nodes =
        view.get().members().stream().map(ClusterView.Member::name).sorted().toList();
    return ask(nodes, node -> request(node, ReloadService.PREPARE, request, PREPARE_TIMEOUT))
        .thenCompose(answers -> decide(request, nodes, answers));
  }

  /** How a node answered: an answer, or why there is none. */
  private sealed interface Heard {
    record Answer(ReloadAnswer value) implements Heard {}

    record Nothing(String why) implements Heard {}
  }

  private interface Question {
    CompletableFuture<Heard> ask(NodeName node);
  }

  private static CompletableFuture<Map<NodeName, Heard>> ask(
      List<NodeName> nodes, Question question) {
    var asked = new TreeMap<NodeName, CompletableFuture<Heard>>();
    nodes.forEach(node -> asked.put(node, question.ask(node)));
    return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
        .thenApply(
            _ -> {
              var heard = new TreeMap<NodeName, Heard>();
              asked.forEach((node, answer) -> heard.put(node, answer.join()));
              return heard;
            });
  }

  private CompletableFuture<Heard> request(
      NodeName node, String service, byte[] request, Duration timeout) {
    return link.request(node, service, request, timeout)
        .<Heard>thenApply(bytes -> new Heard.Answer(ReloadAnswer.decode(bytes)))
        .exceptionally(failure -> new Heard.Nothing(reason(failure)));
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private CompletableFuture<AdminAnswer<Reloaded>> decide(
      byte[] request, List<NodeName> nodes, Map<NodeName, Heard> prepared) {
    var warnings = new ArrayList<String>();
    var mistakes = new ArrayList<String>();
    var missing = new ArrayList<String>();
    prepared.forEach(
        (node, heard) -> {
          switch (heard) {
            case Heard.Answer(ReloadAnswer.Ready(var told)) -> add(warnings, node, told);
            case Heard.Answer(ReloadAnswer.Mistaken(var told)) -> add(mistakes, node, told);
            case Heard.Answer(ReloadAnswer.Switched _), Heard.Answer(ReloadAnswer.NotHeld _) ->
                missing.add(node + ": not understood");
            case Heard.Nothing(var why) -> missing.add(node + ": " + why);
          }
        });
    if (mistakes.isEmpty() && missing.isEmpty()) {
      return change(request, nodes, warnings);
    }
    nodes.forEach(n -> link.request(n, ReloadService.DROP, request, SWITCH_TIMEOUT));
    return CompletableFuture.completedFuture(
        mistakes.isEmpty()
            ? new AdminAnswer.Unavailable<>(
                "nothing is changed on any node, since not all have answered:\n"
                    + String.join("\n", missing))
            : refused(" on all nodes", mistakes));
  }

  private static AdminAnswer<Reloaded> refused(String where, List<String> mistakes) {
    return new AdminAnswer.Refused<>(
        "the new files have mistakes, the old ones stay in force"
            + where
            + ":\n"
            + String.join("\n", mistakes));
  }

  private CompletableFuture<AdminAnswer<Reloaded>> change(
      byte[] request, List<NodeName> nodes, List<String> warnings) {
    return ask(nodes, node -> change(node, request, 1))
        .thenApply(
            answers -> {
              var what = new ArrayList<String>();
              var behind = new ArrayList<String>();
              answers.forEach(
                  (node, heard) -> {
                    if (heard instanceof Heard.Answer(ReloadAnswer.Switched(var now, var told))) {
                      add(what, node, now);
                      add(warnings, node, told);
                    } else {
                      behind.add(node + (heard instanceof Heard.Nothing(var w) ? ": " + w : ""));
                    }
                  });
              return behind.isEmpty()
                  ? new AdminAnswer.Done<>(new Reloaded(what, warnings))
                  : new AdminAnswer.Unavailable<>(
                      "lost between reading and putting in force, reload again: "
                          + String.join("; ", behind));
            });
  }

  private CompletableFuture<Heard> change(NodeName node, byte[] request, int attempt) {
    return request(node, ReloadService.SWITCH, request, SWITCH_TIMEOUT)
        .thenCompose(
            heard ->
                heard instanceof Heard.Nothing && attempt < SWITCH_ATTEMPTS
                    ? later().thenCompose(_ -> change(node, request, attempt + 1))
                    : CompletableFuture.completedFuture(heard));
  }

  private CompletableFuture<Void> later() {
    var later = new CompletableFuture<Void>();
    timers.after(SWITCH_PAUSE, () -> later.complete(null));
    return later;
  }

  private static void add(List<String> all, NodeName node, List<String> lines) {
    lines.forEach(line -> all.add(node + ": " + line));
  }
}

package org.malleposte.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One measurement against one server; prints one line of {@code name=value}. {@code ops/bench/run}
 * starts the servers, interleaves the measurements and takes the medians.
 */
public final class Bench {
  private static final Duration LIMIT = Duration.ofMinutes(20);

  private Bench() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 0) {
      System.err.println(
          "usage: Bench smtp|mailbox|count|await|fetch|idle --smtp PORT --imap PORT --sessions N --count N --size BYTES --users N [--pid PID --kind SMTP|SMTPS|IMAP]");
      System.exit(64);
    }
    var options = options(arguments);
    int users = number(options, "users", 10);
    var load =
        new SmtpLoad(
            loopback(number(options, "smtp", 0)),
            options.getOrDefault("domain", "example.org"),
            users,
            number(options, "sessions", 20),
            number(options, "count", 1000),
            number(options, "size", 4096));
    var mailboxes = new Mailboxes(loopback(number(options, "imap", 0)), users);
    switch (arguments[0]) {
      case "smtp" -> print(load.run());
      case "mailbox" -> toMailbox(load, mailboxes);
      case "count" -> count(mailboxes);
      case "await" -> await(mailboxes, number(options, "count", 0));
      case "idle" ->
          idle(
              Idle.Kind.valueOf(options.get("kind")),
              loopback(number(options, "port", 0)),
              number(options, "sessions", 5000),
              number(options, "pid", 0));
      case "fetch" -> {
        var fetched = mailboxes.fetchAll();
        out(
            "messages=%d seconds=%.3f perSecond=%.1f mbPerSecond=%.1f",
            fetched.messages(),
            fetched.seconds(),
            fetched.messages() / fetched.seconds(),
            fetched.megabytesPerSecond());
      }
      default -> throw new IllegalArgumentException("unknown measurement: " + arguments[0]);
    }
  }

  /** From the first command until all lie in the mailboxes. */
  private static void toMailbox(SmtpLoad load, Mailboxes mailboxes)
      throws IOException, InterruptedException {
    try (var counter = mailboxes.counter()) {
      long before = counter.count();
      long start = System.nanoTime();
      var sent = load.run();
      double seconds = counter.await(before + load.count(), start, LIMIT);
      out(
          "seconds=%.3f perSecond=%.1f acceptPerSecond=%.1f medianMs=%.2f p99Ms=%.2f",
          seconds, load.count() / seconds, sent.perSecond(), sent.medianMs(), sent.p99Ms());
    }
  }

  /** What each of so many silent clients costs the server. */
  private static void idle(Idle.Kind kind, InetSocketAddress server, int sessions, int pid)
      throws IOException, InterruptedException {
    // What the first ones load and build, all of them use.
    Idle.open(server, kind, Math.min(sessions, 200)).close();
    var before = Footprint.of(pid);
    try (var _ = Idle.open(server, kind, sessions)) {
      var after = Footprint.of(pid);
      out(
          "sessions=%d heapBytes=%d bufferBytes=%d residentBytes=%d",
          sessions,
          (after.heapBytes() - before.heapBytes()) / sessions,
          (after.bufferBytes() - before.bufferBytes()) / sessions,
          (after.residentBytes() - before.residentBytes()) / sessions);
    }
  }

  private static void count(Mailboxes mailboxes) throws IOException {
    try (var counter = mailboxes.counter()) {
      out("messages=%d", counter.count());
    }
  }

  private static void await(Mailboxes mailboxes, long total)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (var counter = mailboxes.counter()) {
      long first = counter.count();
      double begin = counter.await(Math.min(first + 1, total), start, LIMIT);
      double end = counter.await(total, start, LIMIT);
      out("firstSeconds=%.3f seconds=%.3f", begin, end);
    }
  }

  private static void print(SmtpLoad.Result result) {
    out(
        "seconds=%.3f perSecond=%.1f medianMs=%.2f p99Ms=%.2f",
        result.seconds(), result.perSecond(), result.medianMs(), result.p99Ms());
  }

  private static void out(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private static Map<String, String> options(String[] arguments) {
    var options = new HashMap<String, String>();
    for (int i = 1; i + 1 < arguments.length; i += 2) {
      options.put(arguments[i].replaceFirst("^--", ""), arguments[i + 1]);
    }
    return options;
  }

  private static int number(Map<String, String> options, String name, int otherwise) {
    return Integer.parseInt(options.getOrDefault(name, Integer.toString(otherwise)));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress("127.0.0.1", port);
  }
}

package org.malleposte.cli;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.malleposte.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code queue list|show|flush|hold|release|delete|adopt}: the queue of one node. */
final class QueueCommand {
  private QueueCommand() {}

  @Command(name = "queue", description = "Look after the queue of a running node.")
  static final class Group {}

  @Command(name = "list", description = "List the queue, oldest mail first; mailq does the same.")
  static final class ListQueue implements Callable<Integer> {
    /** What one request may ask for. */
    private static final int PAGE = 1000;

    @Mixin private final AdminOptions admin;

    @Option(
        names = "--limit",
        paramLabel = "N",
        defaultValue = "1000",
        description = "Show at most so many entries (default: ${DEFAULT-VALUE}).")
    private int limit;

    ListQueue(CliContext context) {
      this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() throws CliFailure {
      if (limit < 1) {
        throw new CliFailure(ExitStatus.USAGE, "--limit must be at least 1");
      }
      Map<String, Object> listing = listing(admin.client());
      var out = admin.context().out();
      if (admin.json()) {
        out.println(Json.pretty(listing));
      } else {
        out.print(QueueText.of(new JsonFields(listing), ZoneId.systemDefault()));
      }
      return ExitStatus.OK;
    }

    private Map<String, Object> listing(AdminClient client) throws CliFailure {
      var entries = new ArrayList<Object>();
      String after = "";
      while (true) {
        int wanted = Math.min(PAGE, limit - entries.size());
        Map<String, Object> page = client.get("/queue?limit=" + wanted + after);
        List<JsonFields> got = new JsonFields(page).objects("entries");
        got.forEach(entry -> entries.add(entry.map()));
        if (got.size() < wanted || entries.size() >= limit) {
          return Json.object("total", page.get("total"), "entries", entries);
        }
        after = "&after=" + AdminClient.encoded(got.getLast().text("id"));
      }
    }
  }

  @Command(name = "show", description = "Show one entry and the header of its mail.")
  static final class Show implements Callable<Integer> {
    @Mixin private final AdminOptions admin;

    @Parameters(paramLabel = "ID", description = "The queue id.")
    private String id = "";

    Show(CliContext context) {
      this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() throws CliFailure {
      Map<String, Object> answer = admin.client().get("/queue/" + AdminClient.encoded(id));
      var out = admin.context().out();
      if (admin.json()) {
        out.println(Json.pretty(answer));
        return ExitStatus.OK;
      }
      var entry = new JsonFields(answer);
      var table = new TextTable();
      for (String field : List.of("id", "from", "size", "accepted", "attempts", "nextAttempt")) {
        table.row(field, entry.text(field));
      }
      table.row("held", entry.is("held") ? "yes" : "no");
      for (JsonFields to : entry.objects("recipients")) {
        table.row("to", to.text("to") + ", " + to.text("state") + " " + to.text("detail"));
      }
      out.print(table);
      out.print("\n" + entry.text("header").replace("\r\n", "\n"));
      return ExitStatus.OK;
    }
  }

  @Command(name = "flush", description = "Try now what waits: all of it, or the entries named.")
  static final class Flush implements Callable<Integer> {
    @Mixin private final AdminOptions admin;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Queue ids; without them all.")
    private List<String> ids = List.of();

    Flush(CliContext context) {
      this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() throws CliFailure {
      if (!ids.isEmpty()) {
        return Operation.onEach(admin, ids, "POST", "/flush");
      }
      Map<String, Object> answer = admin.client().post("/queue/flush", Map.of());
      Operation.print(admin, answer, answer.get("flushed") + " entries will be tried now");
      return ExitStatus.OK;
    }
  }

  @Command(name = "adopt", description = "Take over the mail of a node that will not come back.")
  static final class Adopt implements Callable<Integer> {
    @Mixin private final AdminOptions admin;

    @Parameters(paramLabel = "NODE", description = "The node.name of the node that is gone.")
    private String node = "";

    Adopt(CliContext context) {
      this.admin = new AdminOptions(context);
    }

    @Override
    public Integer call() throws CliFailure {
      Map<String, Object> answer = admin.client().post("/queue/adopt", Map.of("node", node));
      Operation.print(admin, answer, answer.get("adopted") + " entries taken over from " + node);
      return ExitStatus.OK;
    }
  }

  /** Does one thing to each of the entries named. */
  abstract static class OnEntries implements Callable<Integer> {
    @Mixin private final AdminOptions admin;
    private final String method;
    private final String action;

    @Parameters(paramLabel = "ID", arity = "1..*", description = "Queue ids.")
    private List<String> ids = List.of();

    OnEntries(CliContext context, String method, String action) {
      this.admin = new AdminOptions(context);
      this.method = method;
      this.action = action;
    }

    @Override
    public Integer call() throws CliFailure {
      return Operation.onEach(admin, ids, method, action);
    }
  }

  @Command(name = "hold", description = "Neither try nor bounce these until they are released.")
  static final class Hold extends OnEntries {
    Hold(CliContext context) {
      super(context, "POST", "/hold");
    }
  }

  @Command(name = "release", description = "Let held entries go on.")
  static final class Release extends OnEntries {
    Release(CliContext context) {
      super(context, "POST", "/release");
    }
  }

  @Command(name = "delete", description = "Throw entries away; their senders are not told.")
  static final class Delete extends OnEntries {
    Delete(CliContext context) {
      super(context, "DELETE", "");
    }
  }
}

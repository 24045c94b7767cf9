package org.malleposte.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.malleposte.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = "Show the cluster as a running node sees it: nodes, roles, shards, queues.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private final AdminOptions admin;

  StatusCommand(CliContext context) {
    this.admin = new AdminOptions(context);
  }

  @Override
  public Integer call() throws CliFailure {
    Map<String, Object> answer = admin.client().get("/cluster");
    var out = admin.context().out();
    if (admin.json()) {
      out.println(Json.pretty(answer));
    } else {
      out.print(text(new JsonFields(answer)));
    }
    return ExitStatus.OK;
  }

  private static String text(JsonFields cluster) {
    var nodes =
        new TextTable().row("NODE", "ROLE", "READY", "DELIVERS", "QUEUED", "COPIES", "SMTP", "WHY");
    for (JsonFields node : cluster.objects("nodes")) {
      JsonFields spool = node.object("spool");
      nodes.row(
          node.text("name"),
          node.text("role"),
          yes(node.is("ready")),
          yes(node.is("mayDeliver")),
          spool.text("entries"),
          spool.text("copies"),
          node.object("addresses").text("smtp"),
          node.text("reason"));
    }
    var shards = new TextTable().row("SHARD", "LEADER", "APPLIED");
    for (JsonFields shard : cluster.objects("shards")) {
      shards.row(shard.text("name"), shard.text("leader"), shard.text("applied"));
    }
    return "Cluster %s as %s sees it; the store has %s majority.\n\n%s\n%s"
        .formatted(
            cluster.text("cluster"),
            cluster.text("self"),
            cluster.is("majority") ? "its" : "NO",
            nodes,
            shards);
  }

  private static String yes(boolean value) {
    return value ? "yes" : "no";
  }
}

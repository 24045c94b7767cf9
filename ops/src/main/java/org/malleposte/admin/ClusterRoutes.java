package org.malleposte.admin;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import org.malleposte.admin.ClusterOperations.ReloadScope;
import org.malleposte.admin.ClusterStatus.NodeStatus;
import org.malleposte.json.Json;

/** {@code /api/v1/cluster}, {@code promote}, {@code demote}, {@code reload}. */
final class ClusterRoutes {
  private final ClusterOperations cluster;

  ClusterRoutes(ClusterOperations cluster) {
    this.cluster = cluster;
  }

  void mount(Router router) {
    router
        .get("/api/v1/cluster")
        .handler(request -> VertxReplies.value(request, cluster.status(), ClusterRoutes::json));
    router
        .post("/api/v1/promote")
        .handler(request -> VertxReplies.answer(request, cluster.promote(), ClusterRoutes::done));
    router
        .post("/api/v1/demote")
        .handler(request -> VertxReplies.answer(request, cluster.demote(), ClusterRoutes::done));
    router
        .post("/api/v1/reload")
        .handler(
            request ->
                VertxReplies.answer(
                    request,
                    cluster.reload(scope(request)),
                    r -> Json.object("reloaded", r.what(), "warnings", r.warnings())));
  }

  /** {@code ?scope=node}: this node alone. */
  private static ReloadScope scope(RoutingContext request) {
    return request.queryParam("scope").contains("node") ? ReloadScope.NODE : ReloadScope.CLUSTER;
  }

  static Map<String, Object> done(String sentence) {
    return Json.object("done", sentence);
  }

  private static Object json(ClusterStatus status) {
    return Json.object(
        "cluster",
        status.cluster(),
        "self",
        status.self(),
        "majority",
        status.majority(),
        "nodes",
        status.nodes().stream().map(ClusterRoutes::json).toList(),
        "shards",
        status.shards().stream()
            .map(s -> Json.object("name", s.name(), "leader", s.leader(), "applied", s.applied()))
            .toList());
  }

  private static Map<String, Object> json(NodeStatus node) {
    var member = node.member();
    return Json.object(
        "name",
        member.name(),
        "role",
        member.role().name().toLowerCase(Locale.ROOT),
        "ready",
        member.ready(),
        "mayDeliver",
        member.mayDeliver(),
        "reason",
        node.reason(),
        "version",
        member.version(),
        "since",
        member.since(),
        "addresses",
        member.addresses(),
        "spool",
        node.spool()
            .map(
                s -> Json.object("entries", s.entries(), "bytes", s.bytes(), "copies", s.copies())),
        "spoolId",
        member.spoolId(),
        "storeId",
        member.storeId());
  }
}

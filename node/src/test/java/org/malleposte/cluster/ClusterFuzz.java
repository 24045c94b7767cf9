package org.malleposte.cluster;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;

/** What another node says of itself. */
public final class ClusterFuzz {
  private ClusterFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "node-status",
            ClusterFuzz::status,
            "{\"name\":\"a\",\"role\":\"PRIMARY\",\"mayDeliver\":true,\"ready\":true,\"spoolId\":\"s\","
                + "\"storeId\":\"t\",\"version\":\"1\",\"addresses\":{\"smtp\":\"h:25\"},\"since\":1,"
                + "\"transportId\":\"x\",\"sequence\":2,\"facts\":{}}"));
  }

  /** Whatever fails on the way is caught by the one place that reads it; what is read is kept. */
  private static void status(byte[] data) {
    NodeStatus status;
    try {
      status = NodeStatus.fromJson(new JsonObject(Fuzz.utf8(data)));
    } catch (RuntimeException e) {
      return;
    }
    Fuzz.same(status, NodeStatus.fromJson(status.toJson()), "status");
  }
}

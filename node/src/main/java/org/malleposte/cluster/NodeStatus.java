package org.malleposte.cluster;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.malleposte.link.ClusterView.Member;
import org.malleposte.link.ClusterView.Role;
import org.malleposte.link.NodeName;

/**
 * What a node says of itself, twice a second, to all.
 *
 * @param member what others believe of it once they have heard this
 * @param transportId names the process on the event bus
 * @param sequence grows within a process
 * @param facts for the eyes of the postmaster only: spool depth, shard leaders
 */
record NodeStatus(Member member, String transportId, long sequence, Map<String, String> facts) {
  NodeStatus {
    facts = Map.copyOf(facts);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", member.name().value())
        .put("role", member.role().name())
        .put("mayDeliver", member.mayDeliver())
        .put("ready", member.ready())
        .put("spoolId", member.spoolId())
        .put("storeId", member.storeId())
        .put("version", member.version())
        .put("addresses", strings(member.addresses()))
        .put("since", member.since().toEpochMilli())
        .put("transportId", transportId)
        .put("sequence", sequence)
        .put("facts", strings(facts));
  }

  /**
   * @throws RuntimeException when it is not what {@link #toJson} writes
   */
  static NodeStatus fromJson(JsonObject json) {
    var member =
        new Member(
            new NodeName(json.getString("name")),
            Role.valueOf(json.getString("role")),
            json.getBoolean("mayDeliver"),
            json.getBoolean("ready"),
            json.getString("spoolId"),
            json.getString("storeId"),
            json.getString("version"),
            map(json.getJsonObject("addresses")),
            Instant.ofEpochMilli(json.getLong("since")));
    return new NodeStatus(
        member,
        json.getString("transportId"),
        json.getLong("sequence"),
        map(json.getJsonObject("facts")));
  }

  private static JsonObject strings(Map<String, String> map) {
    var json = new JsonObject();
    new TreeMap<>(map).forEach(json::put);
    return json;
  }

  private static Map<String, String> map(JsonObject json) {
    var map = new TreeMap<String, String>();
    json.forEach(e -> map.put(e.getKey(), String.valueOf(e.getValue())));
    return map;
  }
}

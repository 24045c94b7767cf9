package org.malleposte.json;

import java.util.List;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;

/** What the admin interface reads. */
public final class JsonFuzz {
  private JsonFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "json",
            JsonFuzz::json,
            "{\"a\":[1,2.5,null,true,\"\\u00e9\"],\"b\":{}}",
            "1e999",
            "[[[["));
  }

  private static void json(byte[] data) {
    Object value;
    try {
      value = Json.read(Fuzz.utf8(data));
    } catch (IllegalArgumentException e) {
      return;
    }
    String written = Json.write(value);
    Fuzz.same(written, Json.write(Json.read(written)), "written and read");
    Json.read(Json.pretty(value));
  }
}

package org.malleposte.admin;

import java.util.Map;
import org.malleposte.json.Json;

/** The JSON object that a client sent. */
record RequestBody(Map<String, Object> fields) {
  /**
   * @throws IllegalArgumentException when it is not a JSON object
   */
  static RequestBody parse(String text) {
    return new RequestBody(Json.readObject(text));
  }

  /**
   * @throws IllegalArgumentException when there is no text of that name
   */
  String text(String name) {
    if (fields.get(name) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("the body needs a text \"" + name + "\"");
  }
}

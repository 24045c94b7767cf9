package org.malleposte.cli;

import java.util.List;
import java.util.Map;

/**
 * Reads the fields of an answer; a field that is missing, as of another version, reads as empty.
 */
record JsonFields(Map<?, ?> map) {
  static JsonFields of(Object value) {
    return new JsonFields(value instanceof Map<?, ?> map ? map : Map.of());
  }

  String text(String name) {
    Object value = map.get(name);
    return value == null ? "" : value.toString();
  }

  boolean is(String name) {
    return Boolean.TRUE.equals(map.get(name));
  }

  long number(String name) {
    return map.get(name) instanceof Number number ? number.longValue() : 0;
  }

  JsonFields object(String name) {
    return of(map.get(name));
  }

  List<JsonFields> objects(String name) {
    return map.get(name) instanceof List<?> list
        ? list.stream().map(JsonFields::of).toList()
        : List.of();
  }

  List<String> texts(String name) {
    return map.get(name) instanceof List<?> list
        ? list.stream().map(String::valueOf).toList()
        : List.of();
  }
}

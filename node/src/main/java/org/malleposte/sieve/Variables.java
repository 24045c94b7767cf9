package org.malleposte.sieve;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.malleposte.sieve.SieveCommand.Modifier;
import org.malleposte.sieve.Text.Part;

/** The variables of one script while it runs (RFC 5229), some of them shared (RFC 6609 §3.4). */
final class Variables {
  private final Map<String, String> own = new HashMap<>();
  private final Map<String, String> shared;
  private final Set<String> global = new HashSet<>();
  private final Effort effort;
  private List<String> matched = List.of();

  /**
   * @param shared of all scripts of a run
   */
  Variables(Map<String, String> shared, Effort effort) {
    this.shared = shared;
    this.effort = effort;
  }

  /** Those of a script that this one includes. */
  Variables ofIncluded() {
    return new Variables(shared, effort);
  }

  void share(List<String> names) {
    global.addAll(names);
  }

  void matched(List<String> found) {
    matched = found;
  }

  String get(String name) {
    return (global.contains(name) ? shared : own).getOrDefault(name, "");
  }

  void set(String name, String value) throws ScriptFailedException {
    var values = global.contains(name) ? shared : own;
    values.put(name, cut(value));
    if (values.size() > SieveLimits.VARIABLES_MAX) {
      throw new ScriptFailedException("more than " + SieveLimits.VARIABLES_MAX + " variables");
    }
  }

  String expand(Text text) throws ScriptFailedException {
    return switch (text) {
      case Text.Constant(var value) -> value;
      case Text.Composed(var parts) -> {
        var result = new StringBuilder();
        for (Part part : parts) {
          result.append(value(part));
        }
        effort.spend(result.length());
        yield result.toString();
      }
    };
  }

  private String value(Part part) {
    return switch (part) {
      case Part.Literal(var value) -> value;
      case Part.Variable(var name) -> get(name);
      case Part.Matched(int index) -> index < matched.size() ? matched.get(index) : "";
    };
  }

  static String modified(String value, List<Modifier> modifiers) {
    String result = value;
    for (var modifier : modifiers) {
      result =
          switch (modifier) {
            case LOWER -> ascii(result, 'A', 'Z', 32);
            case UPPER -> ascii(result, 'a', 'z', -32);
            case LOWERFIRST -> first(result, ascii(result, 'A', 'Z', 32));
            case UPPERFIRST -> first(result, ascii(result, 'a', 'z', -32));
            case QUOTEWILDCARD -> result.replaceAll("([*?\\\\])", "\\\\$1");
            case LENGTH ->
                String.format(Locale.ROOT, "%d", result.codePointCount(0, result.length()));
          };
    }
    return result;
  }

  // RFC 5229 §4.1: of ASCII.
  private static String ascii(String text, char from, char to, int shift) {
    char[] letters = text.toCharArray();
    for (int i = 0; i < letters.length; i++) {
      if (letters[i] >= from && letters[i] <= to) {
        letters[i] += (char) shift;
      }
    }
    return new String(letters);
  }

  private static String first(String text, String changed) {
    return text.isEmpty() ? text : changed.charAt(0) + text.substring(1);
  }

  private static String cut(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= SieveLimits.VARIABLE_MAX_BYTES) {
      return value;
    }
    int end = SieveLimits.VARIABLE_MAX_BYTES;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }
}

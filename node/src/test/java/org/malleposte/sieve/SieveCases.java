package org.malleposte.sieve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Cases as text: {@code === name}, then sections that begin with {@code --- word argument}. Lines
 * that begin with {@code #} in front of the first case are comments.
 */
final class SieveCases {
  /**
   * @param sections by their first line
   */
  record Case(String name, Map<String, List<String>> sections) {
    List<String> section(String word) {
      return sections.getOrDefault(word, List.of());
    }

    /** The argument of the section that begins with {@code word}. */
    String argument(String word, String otherwise) {
      return sections.keySet().stream()
          .filter(key -> key.startsWith(word + " "))
          .map(key -> key.substring(word.length() + 1))
          .findFirst()
          .orElse(otherwise);
    }

    String text(String word) {
      return String.join("\r\n", section(word)) + "\r\n";
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private SieveCases() {}

  static List<Case> read(String file) {
    var cases = new ArrayList<Case>();
    List<String> section = new ArrayList<>();
    try (var in = SieveCases.class.getResourceAsStream("/sieve/" + file)) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.split("\n")) {
        if (line.startsWith("=== ")) {
          trim(section);
          cases.add(new Case(line.substring(4), new LinkedHashMap<>()));
          section = new ArrayList<>();
        } else if (line.startsWith("--- ") && !cases.isEmpty()) {
          section = new ArrayList<>();
          cases.getLast().sections().put(line.substring(4).strip(), section);
        } else {
          section.add(line);
        }
      }
      trim(section);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases;
  }

  private static void trim(List<String> section) {
    while (!section.isEmpty() && section.getLast().isBlank()) {
      section.removeLast();
    }
  }
}

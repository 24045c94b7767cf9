package org.malleposte.sieve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.malleposte.mime.HeaderField;

/** The fields of the mail as the script sees them, with its own changes (RFC 5293). */
final class HeaderEdits {
  /** RFC 5293 §6: what tells the way of a mail, and whether a program wrote it, stays. */
  private static final Set<String> KEPT = Set.of("received", "auto-submitted");

  private final List<HeaderField> original;
  private final long originalBytes;
  private List<HeaderField> fields;
  private int added;
  private int addedBytes;

  HeaderEdits(List<HeaderField> fields) {
    original = fields;
    originalBytes = fields.stream().mapToLong(field -> field.raw().length()).sum();
    this.fields = fields;
  }

  /** RFC 5322 §2.2: printable ASCII but the colon. */
  static boolean isName(String name) {
    return !name.isEmpty()
        && name.length() <= 76
        && name.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != ':');
  }

  List<HeaderField> fields() {
    return fields;
  }

  List<HeaderField> all(String name) {
    return fields.stream().filter(field -> field.is(name)).toList();
  }

  /** As it is now; empty: as it came. */
  java.util.Optional<EditedHeader> edited() {
    return fields == original
        ? java.util.Optional.empty()
        : java.util.Optional.of(new EditedHeader(fields, originalBytes));
  }

  void add(String name, String value, boolean last) throws ScriptFailedException {
    byte[] bytes = HeaderText.field(name, value).getBytes(StandardCharsets.UTF_8);
    addedBytes += bytes.length;
    if (++added > SieveLimits.HEADERS_ADDED_MAX
        || addedBytes > SieveLimits.HEADERS_ADDED_MAX_BYTES) {
      throw new ScriptFailedException("too much is added to the header");
    }
    var field = new HeaderField(name, new String(bytes, StandardCharsets.ISO_8859_1));
    var next = new ArrayList<HeaderField>(fields.size() + 1);
    if (!last) {
      next.add(field);
    }
    next.addAll(fields);
    if (last) {
      next.add(field);
    }
    fields = List.copyOf(next);
  }

  /** Of those of the name, in their order. */
  void delete(String name, Predicate<HeaderField> isMeant) {
    if (KEPT.contains(Arguments.lower(name))) {
      return;
    }
    var next = fields.stream().filter(f -> !f.is(name) || !isMeant.test(f)).toList();
    if (next.size() < fields.size()) {
      fields = next;
    }
  }
}

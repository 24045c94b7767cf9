package org.malleposte.imap;

import java.util.List;
import java.util.Optional;
import org.malleposte.mime.MimePart;
import org.malleposte.mime.MimePart.Kind;

/** Finds a part by its number (RFC 3501 §6.4.5). */
final class PartPath {
  private PartPath() {}

  static Optional<MimePart> find(MimePart message, List<Integer> path) {
    MimePart at = message;
    boolean isMessage = true;
    for (int number : path) {
      Optional<MimePart> child = child(at, number, isMessage);
      if (child.isEmpty()) {
        return Optional.empty();
      }
      at = child.get();
      isMessage = false;
    }
    return Optional.of(at);
  }

  /** The message in a message/rfc822 part. */
  static Optional<MimePart> embedded(MimePart part) {
    return part.kind() instanceof Kind.Embedded(var message)
        ? Optional.of(message)
        : Optional.empty();
  }

  /** Every message has at least one part: without multipart, 1 is its body. */
  private static Optional<MimePart> child(MimePart part, int number, boolean isMessage) {
    return switch (part.kind()) {
      case Kind.Multipart(var parts) ->
          number <= parts.size() ? Optional.of(parts.get(number - 1)) : Optional.empty();
      case Kind.Embedded(var message) when !isMessage -> child(message, number, true);
      case Kind.Embedded _, Kind.Leaf _ ->
          isMessage && number == 1 ? Optional.of(part) : Optional.empty();
    };
  }
}

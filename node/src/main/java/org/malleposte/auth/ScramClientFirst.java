package org.malleposte.auth;

import java.util.Optional;

/**
 * The first message of a SCRAM client (RFC 5802 §7).
 *
 * @param gs2Header with its last comma, as the client must repeat it
 * @param bare the rest, which is part of what is proven
 */
record ScramClientFirst(Flag flag, String gs2Header, String bare, String login, String nonce) {
  /** What the client says about channel binding. */
  sealed interface Flag {
    /** {@code n}: it cannot. */
    record Cannot() implements Flag {}

    /** {@code y}: it could, and thinks that we cannot. */
    record Could() implements Flag {}

    /** {@code p=type}: it does. */
    record Binds(String type) implements Flag {}
  }

  /** Empty when it is none, or asks for what is not here: another identity, an extension. */
  static Optional<ScramClientFirst> parse(byte[] message) {
    return SaslText.decode(message).flatMap(ScramClientFirst::parse);
  }

  private static Optional<ScramClientFirst> parse(String text) {
    int first = text.indexOf(',');
    int second = text.indexOf(',', first + 1);
    if (first < 0 || second < 0) {
      return Optional.empty();
    }
    var flag = flag(text.substring(0, first));
    String bare = text.substring(second + 1);
    String[] fields = bare.split(",", -1);
    if (flag.isEmpty() || fields.length < 2) {
      return Optional.empty();
    }
    // An m= in the first place would be an extension that must be understood.
    var login = value(fields[0], 'n').flatMap(ScramClientFirst::name);
    var nonce = value(fields[1], 'r').filter(ScramClientFirst::isNonce);
    if (login.isEmpty() || nonce.isEmpty()) {
      return Optional.empty();
    }
    return isSelf(text.substring(first + 1, second), login.get())
        ? Optional.of(
            new ScramClientFirst(
                flag.get(), text.substring(0, second + 1), bare, login.get(), nonce.get()))
        : Optional.empty();
  }

  private static Optional<Flag> flag(String text) {
    return switch (text) {
      case "n" -> Optional.of(new Flag.Cannot());
      case "y" -> Optional.of(new Flag.Could());
      default -> value(text, 'p').map(Flag.Binds::new);
    };
  }

  /** Nobody acts for another here. */
  private static boolean isSelf(String authorization, String login) {
    return authorization.isEmpty()
        || value(authorization, 'a')
            .flatMap(ScramClientFirst::name)
            .filter(login::equals)
            .isPresent();
  }

  /** What stands behind {@code key=}; not empty. */
  static Optional<String> value(String field, char key) {
    return field.length() > 2 && field.charAt(0) == key && field.charAt(1) == '='
        ? Optional.of(field.substring(2))
        : Optional.empty();
  }

  private static Optional<String> name(String escaped) {
    String plain = escaped.replace("=2C", ",").replace("=3D", "\0");
    return plain.indexOf('=') < 0 ? Optional.of(plain.replace('\0', '=')) : Optional.empty();
  }

  private static boolean isNonce(String text) {
    return text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }
}

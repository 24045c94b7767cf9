package org.malleposte.pop3;

import java.nio.charset.StandardCharsets;

/**
 * The value of a directory key {@code pop3/<account>}, as text: {@code 1 free}, or {@code 1 held
 * <node>}. The first word is the major of the format; a newer minor may add words.
 */
sealed interface MaildropLease {
  String PREFIX = "pop3/";

  record Free() implements MaildropLease {}

  record Held(String node) implements MaildropLease {}

  /** A newer program wrote it. */
  record Unknown() implements MaildropLease {}

  default byte[] encode() {
    String text =
        switch (this) {
          case Free _ -> "1 free";
          case Held(var node) -> "1 held " + node;
          case Unknown _ -> throw new IllegalStateException("not ours to write");
        };
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static MaildropLease decode(byte[] value) {
    String[] words = new String(value, StandardCharsets.UTF_8).split(" ");
    if (words.length >= 2 && words[0].equals("1") && words[1].equals("free")) {
      return new Free();
    }
    if (words.length >= 3 && words[0].equals("1") && words[1].equals("held")) {
      return new Held(words[2]);
    }
    return new Unknown();
  }
}

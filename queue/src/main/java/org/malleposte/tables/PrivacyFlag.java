package org.malleposte.tables;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The words of {@code confPRIVACY_FLAGS} ({@code doc/op}, PrivacyOptions). */
public enum PrivacyFlag {
  /** MAIL needs HELO or EHLO first. */
  NEEDMAILHELO,
  NEEDEXPNHELO,
  NEEDVRFYHELO,
  NOEXPN,
  NOVRFY,
  NOETRN,
  NOVERB,
  /** No report of success is sent, whatever the sender asks. */
  NORECEIPTS,
  /** A report returns the header of the mail only. */
  NOBODYRETURN,
  /** A report does not tell where an address was forwarded to. */
  NOACTUALRECIPIENT,
  AUTHWARNINGS,
  RESTRICTMAILQ,
  RESTRICTQRUN,
  RESTRICTEXPAND;

  /** {@code goaway}: all questions about accounts are refused. */
  private static final Set<PrivacyFlag> GOAWAY =
      EnumSet.of(
          NEEDMAILHELO,
          NEEDEXPNHELO,
          NEEDVRFYHELO,
          NOEXPN,
          NOVRFY,
          NOVERB,
          NORECEIPTS,
          AUTHWARNINGS);

  /** As it is written. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a word of the setting stands for; empty when there is no such word. */
  public static Optional<Set<PrivacyFlag>> of(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "public" -> Optional.of(Set.of());
      case "goaway" -> Optional.of(GOAWAY);
      default ->
          EnumSet.allOf(PrivacyFlag.class).stream()
              .filter(flag -> flag.word().equals(word.toLowerCase(Locale.ROOT)))
              .findAny()
              .map(Set::of);
    };
  }
}

package org.malleposte.sieve;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What {@code require} may name, as Pigeonhole spells it. Announce only what is whole. */
enum SieveExtension {
  FILEINTO("fileinto"),
  REJECT("reject"),
  EREJECT("ereject"),
  ENVELOPE("envelope"),
  ENCODED_CHARACTER("encoded-character"),
  VACATION("vacation"),
  VACATION_SECONDS("vacation-seconds"),
  SUBADDRESS("subaddress"),
  ASCII_NUMERIC("comparator-i;ascii-numeric"),
  RELATIONAL("relational"),
  IMAP4FLAGS("imap4flags"),
  COPY("copy"),
  INCLUDE("include"),
  VARIABLES("variables"),
  BODY("body"),
  ENVIRONMENT("environment"),
  MAILBOX("mailbox"),
  SPECIAL_USE("special-use"),
  DATE("date"),
  INDEX("index"),
  IHAVE("ihave"),
  DUPLICATE("duplicate"),
  EDITHEADER("editheader"),
  FCC("fcc"),
  /** Every implementation has these two, and a script may name them (RFC 5228 §2.7.3). */
  OCTET("comparator-i;octet"),
  ASCII_CASEMAP("comparator-i;ascii-casemap");

  private final String word;

  SieveExtension(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }

  static Optional<SieveExtension> find(String word) {
    return Arrays.stream(values()).filter(e -> e.word.equals(word)).findFirst();
  }

  /** For ManageSieve's SIEVE capability. */
  static List<String> announced() {
    return Arrays.stream(values())
        .filter(e -> e != OCTET && e != ASCII_CASEMAP)
        .map(SieveExtension::word)
        .toList();
  }
}

package org.malleposte.tables;

/** Finds mistakes in {@code virtusertable}. */
final class VirtUserCheck implements PairReader.Check {
  private static final String CODED =
      "(?i)error:\\s*([0-9]+\\.[0-9]+\\.[0-9]+\\s*:|\\w+)\\s*\"?[45][0-9][0-9] .*";

  private final TableFile file;

  VirtUserCheck(TableFile file) {
    this.file = file;
  }

  @Override
  public boolean accept(int line, String key, String value) {
    if (key.indexOf('@') < 0) {
      file.error(line, key + " is not an address", "write user@domain or @domain");
      return false;
    }
    if (key.endsWith("@")) {
      file.error(line, key + " has no domain", "write user@domain");
      return false;
    }
    if (!AliasMember.isPlainName(value)) {
      value(line, key, value);
    }
    return true;
  }

  /**
   * A value that is wrong stays, and is refused when it is used, as with sendmail: without it the
   * mail would go to the domain's catch-all.
   */
  private void value(int line, String key, String value) {
    if (VirtUserTarget.isError(value)) {
      error(line, value);
      return;
    }
    String shown = VirtUserTable.fill(value, key, "1", "2", "+3");
    if (AliasMember.split(shown).size() > 1) {
      file.error(line, "more than one target for " + key, "make an alias of them and name it here");
      return;
    }
    switch (AliasMember.parse(shown)) {
      case AliasMember.Address _, AliasMember.Literally _ -> {
        // An address, as it should be.
      }
      case AliasMember.Mistake(var text, var why) ->
          file.error(line, why, "write a user or an address instead of " + text);
      case AliasMember.Include _,
          AliasMember.Program _,
          AliasMember.File _,
          AliasMember.Nowhere _ ->
          file.error(line, value + " belongs into aliases", "name an alias here");
    }
  }

  private void error(int line, String value) {
    switch (VirtUserTarget.parse(value)) {
      case VirtUserTarget.Refuse(var reply) -> {
        if (reply.text().isEmpty()) {
          file.error(line, "no text behind " + value, "write error:nouser 550 and a text");
        } else if (!value.matches(CODED)) {
          file.warn(
              line,
              "no reply code in the text, so 553 5.3.0 is used",
              "write error:nouser 550 text, or error:D.S.N:550 text");
        }
      }
      case VirtUserTarget.Address _, VirtUserTarget.Nobody _, VirtUserTarget.Mistake _ ->
          file.error(line, "not understood: " + value, "write error:D.S.N:code text");
    }
  }
}

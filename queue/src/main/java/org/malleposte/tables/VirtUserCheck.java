package org.malleposte.tables;

/** Finds mistakes in {@code virtusertable}. */
final class VirtUserCheck implements PairReader.Check {
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
    if (VirtUserTarget.isError(value)) {
      return error(line, value);
    }
    String shown = VirtUserTable.fill(value, key, "1", "2", "+3");
    if (AliasMember.split(shown).size() > 1) {
      // Kept all the same: sendmail answers 553 5.1.3, and so do we.
      file.error(line, "more than one target for " + key, "make an alias of them and name it here");
      return true;
    }
    switch (AliasMember.parse(shown)) {
      case AliasMember.Address _, AliasMember.Literally _ -> {
        return true;
      }
      case AliasMember.Mistake(var text, var why) ->
          file.error(line, why, "write a user or an address instead of " + text);
      case AliasMember.Include _,
          AliasMember.Program _,
          AliasMember.File _,
          AliasMember.Nowhere _ ->
          file.error(line, value + " belongs into aliases", "name an alias here");
    }
    return false;
  }

  private boolean error(int line, String value) {
    if (VirtUserTarget.parse(value) instanceof VirtUserTarget.Refuse(var reply)) {
      if (reply.text().isEmpty()) {
        file.error(line, "no text behind " + value, "write error:nouser 550 and a text");
      }
      return true;
    }
    file.error(line, "not understood: " + value, "write error:D.S.N:code text");
    return false;
  }
}

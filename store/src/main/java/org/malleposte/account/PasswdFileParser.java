package org.malleposte.account;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.malleposte.account.PasswdFile.Entry;
import org.malleposte.account.PasswdFile.Problem;
import org.malleposte.mail.AccountName;

/** Reads one passwd-file; used once. */
final class PasswdFileParser {
  private static final String HOW = "write name:{SCHEME}hash";

  private final String file;
  private final Map<AccountName, Entry> entries = new LinkedHashMap<>();
  private final Map<AccountName, Integer> lines = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private int line;

  PasswdFileParser(String file) {
    this.file = file;
  }

  PasswdFile parse(String text) {
    text.lines()
        .forEach(
            written -> {
              line++;
              // Dovecot skips these three.
              if (!written.isEmpty() && written.charAt(0) != '#' && written.charAt(0) != ':') {
                parseLine(written);
              }
            });
    return new PasswdFile(file, entries, problems);
  }

  private void parseLine(String written) {
    if (written.isBlank()) {
      return;
    }
    if (written.length() > PasswdFile.MAX_LINE_CHARACTERS) {
      refuse("line over " + PasswdFile.MAX_LINE_CHARACTERS + " characters", HOW);
      return;
    }
    String[] fields = written.split(":", 3);
    if (fields.length < 2) {
      refuse("no colon behind the name", HOW);
      return;
    }
    AccountName name;
    try {
      name = AccountName.of(fields[0]);
    } catch (IllegalArgumentException e) {
      refuse(e.getMessage(), "choose another name");
      return;
    }
    String rest = fields.length == 3 ? fields[2] : "";
    var entry = new Entry(name, credential(fields[1], rest), rest);
    if (entries.putIfAbsent(name, entry) != null) {
      refuse(
          "user " + name + " is already in line " + lines.get(name) + ", which counts",
          "remove one of them");
      return;
    }
    lines.put(name, line);
  }

  private Credential credential(String password, String rest) {
    if (warnOfExtraFields(rest)) {
      return Credential.LOCKED;
    }
    if (password.isEmpty()) {
      return Credential.ABSENT; // a user who gets mail, and logs in only where another source asks
    }
    try {
      return Credential.parse(password);
    } catch (IllegalArgumentException e) {
      refuse(e.getMessage() + ": the user cannot log in", "make a hash with 'doveadm pw'");
      return Credential.LOCKED;
    }
  }

  /**
   * @return whether the user must not log in
   */
  private boolean warnOfExtraFields(String rest) {
    String[] fields = rest.split(":", 6);
    if (fields.length < 6) {
      return false;
    }
    boolean locked = false;
    for (String field : fields[5].split(" ")) {
      String key = field.split("=", 2)[0];
      switch (key) {
        case "nologin" -> locked = true;
        case "nopassword" -> warn(key, "the password is still asked for");
        case "allow_nets" -> warn(key, "the user may log in from anywhere");
        default -> {} // home, quota and the like belong to Dovecot's own storage
      }
    }
    return locked;
  }

  private void warn(String field, String effect) {
    problems.add(
        new Problem(file, line, false, field + " is not supported: " + effect, "remove the field"));
  }

  private void refuse(String what, String remedy) {
    problems.add(new Problem(file, line, true, what, remedy));
  }
}

package org.malleposte.tables;

import java.util.Locale;
import java.util.regex.Pattern;

/** Reads {@code local-host-names} and {@code relay-domains}: a name a line. */
final class NameListReader {
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern MASK = Pattern.compile("(ipv6:)?[0-9a-f.:]+/[0-9]+");

  private final TableFile file;
  private final LineTable.Builder names;

  NameListReader(TableFile file) {
    this.file = file;
    this.names = new LineTable.Builder(file.name());
  }

  LineTable read() {
    file.read(this::line);
    return names.build();
  }

  private void line(int number, String text) {
    String plain = text.strip();
    if (TableFile.isComment(plain)) {
      return;
    }
    String[] words = AliasMember.isPlainName(plain) ? new String[] {plain} : BLANKS.split(plain);
    if (words.length > 1 && !words[1].startsWith("#")) {
      file.warn(
          number,
          "only the first name of a line counts, not " + words[1],
          "put each name on a line of its own");
    }
    String name = name(number, words[0]);
    if (!name.isEmpty() && !names.add(number, name, "")) {
      file.warn(
          number,
          name + " is already named in line " + names.get(name).line(),
          "remove one of the two");
    }
  }

  private String name(int number, String written) {
    String name = written.toLowerCase(Locale.ROOT);
    if (name.contains("@")) {
      file.error(
          number, written + " is an address, not a domain", "write what stands right of the @");
      return "";
    }
    if (name.indexOf('/') > 0 && MASK.matcher(name).matches()) {
      file.error(
          number,
          written + ": sendmail's tables know no masks",
          "write the first parts of the address, such as 192.168.128 for 192.168.128.0/24");
      return "";
    }
    if (name.contains("*")) {
      file.error(
          number,
          written + ": there are no wildcards",
          "write the domain, subdomains are included");
      return "";
    }
    String literal = IpText.literal(name).toLowerCase(Locale.ROOT);
    return literal.endsWith(".") && literal.length() > 1
        ? literal.substring(0, literal.length() - 1)
        : literal;
  }
}

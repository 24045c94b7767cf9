package org.malleposte.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.malleposte.tables.McFile;

/**
 * {@code SMART_HOST} in the words of {@code mail.smart-host}: {@code [host]} is that very host, a
 * bare name is looked up by its MX records, {@code mailer:} before it says which {@code
 * ..._MAILER_ARGS} has the port, and colons part several, which are tried in that order.
 */
final class SendmailSmartHost {
  // sendmail takes one word before a colon for a mailer; a name with a dot is several words to it.
  private static final Pattern MAILER = Pattern.compile("([A-Za-z0-9_-]+)\\s*:\\s*(.+)");
  private static final Set<String> MAILERS = Set.of("smtp", "esmtp", "smtp8", "dsmtp", "relay");
  private static final Pattern PORT = Pattern.compile("(?:TCP|IPC)\\s+\\$h(?:\\s+([0-9]{1,5}))?");

  private SendmailSmartHost() {}

  /**
   * @throws IllegalArgumentException says what is wrong
   */
  static String of(String written, McFile mc) {
    String text = written.strip();
    Matcher qualified = MAILER.matcher(text);
    String mailer = qualified.matches() ? qualified.group(1).toLowerCase(Locale.ROOT) : "relay";
    String hosts = qualified.matches() ? qualified.group(2).strip() : text;
    if (!MAILERS.contains(mailer)) {
      throw new IllegalArgumentException("there is no mailer " + mailer);
    }
    if (hosts.indexOf('@') >= 0) {
      throw new IllegalArgumentException("mail for all cannot go to one user: " + hosts);
    }
    int port = port(mailer, mc);
    var hops = new ArrayList<String>();
    for (String host : split(hosts)) {
      hops.add(hop(host, port));
    }
    return String.join(", ", hops);
  }

  private static String hop(String host, int port) {
    if (!host.startsWith("[")) {
      return "mx:" + host + ":" + port;
    }
    String inside = host.substring(1, host.length() - 1);
    String bare = inside.regionMatches(true, 0, "IPv6:", 0, 5) ? inside.substring(5) : inside;
    return (bare.indexOf(':') < 0 ? bare : "[" + bare + "]") + ":" + port;
  }

  /** Cuts at colons and semicolons outside of brackets. */
  private static List<String> split(String hosts) {
    var parts = new ArrayList<String>();
    int start = 0;
    boolean inside = false;
    for (int at = 0; at <= hosts.length(); at++) {
      char c = at < hosts.length() ? hosts.charAt(at) : ':';
      inside = c == '[' || inside && c != ']';
      if (!inside && (c == ':' || c == ';')) {
        String part = hosts.substring(start, at).strip();
        if (!part.isEmpty()) {
          parts.add(part);
        }
        start = at + 1;
      }
    }
    if (parts.isEmpty() || inside) {
      throw new IllegalArgumentException("no host in " + hosts);
    }
    return parts;
  }

  private static int port(String mailer, McFile mc) {
    String name = mailer.toUpperCase(Locale.ROOT) + "_MAILER_ARGS";
    String arguments = mc.setting(name).orElse("TCP $h").strip();
    Matcher port = PORT.matcher(arguments);
    if (!port.matches()) {
      throw new IllegalArgumentException(name + " is not TCP $h and a port: " + arguments);
    }
    return port.group(1) == null ? 25 : Integer.parseInt(port.group(1));
  }
}

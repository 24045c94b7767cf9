package org.malleposte.mail;

import java.util.List;
import java.util.Locale;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.tables.AddressText;

/** Names of mailboxes, mails and states. */
public final class MailFuzz {
  private MailFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "address",
            MailFuzz::address,
            "alice@example.org",
            "\"a\\\"b c\"@[192.0.2.1]",
            "j\303\266rg@m\303\274nchen.example.",
            "<>",
            "\"\"@x",
            "Tim (c) <t@x.test>",
            "a@[IPv6:2001:db8::1]"),
        FuzzTarget.of(
            "mail-names",
            MailFuzz::names,
            "01J0000000000000000000000Z",
            "5.7.26",
            "Alice",
            "4.0.0",
            "\304\260"));
  }

  private static void address(byte[] data) {
    String text = Fuzz.utf8(data);
    try {
      EmailAddress address = EmailAddress.parse(text);
      String written = address.toString();
      Fuzz.same(address, EmailAddress.parse(written), "address " + written);
      boolean clean = written.chars().allMatch(c -> c >= ' ' && c != 0x7f);
      Fuzz.check(clean, "control character");
      boolean word =
          address
              .domain()
              .name()
              .chars()
              .allMatch(c -> c > ' ' && c < 0x7f && c != '<' && c != '>');
      Fuzz.check(word, "domain " + address.domain());
      Fuzz.same(address.domain(), Domain.of(address.domain().name()), "domain");
      var path = ReversePath.of(address);
      Fuzz.same(path, ReversePath.parse(path.toString()), "path");
      // The tables read what we write.
      Fuzz.same(address.domain(), AddressText.parse(written).domain().orElseThrow(), "in a table");
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    try {
      ReversePath.parse(text);
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    try {
      AddressText.parse(text);
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
  }

  private static void names(byte[] data) {
    String text = Fuzz.utf8(data);
    try {
      var id = new QueueId(text);
      Fuzz.check(id.time().toEpochMilli() >= 0, "time");
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    try {
      var status = EnhancedStatus.parse(text);
      Fuzz.same(status, EnhancedStatus.parse(status.toString()), "status");
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    try {
      var name = AccountName.of(text);
      Fuzz.same(name, new AccountName(name.value().toLowerCase(Locale.ROOT)), "account");
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
  }
}

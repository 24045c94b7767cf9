package org.malleposte.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.routing.Router.Peer;

/** No table, no feature and no trick makes a relay for strangers. */
class OpenRelayTest {
  private static final String OWN = "mx.example.com";
  private static final Peer STRANGER =
      new Peer("203.0.113.5", Optional.of("host.stranger.example"), Optional.empty());

  private static final List<String> TRICKS =
      List.of(
          "x@far.example",
          "x%far.example@example.com",
          "x%far.example@mx.example.com",
          "x%far.example@[127.0.0.1]",
          "x%far.example@localhost",
          "far.example!x@example.com",
          "a!far.example!x@example.com",
          "\"x@far.example\"@example.com",
          "\"x@far.example\"@localhost",
          "x%far.example%example.com@example.com",
          "x%far.example@relayed.example",
          "far.example!x@relayed.example",
          "x@example.com.far.example",
          "x@notexample.com",
          "x@[203.0.113.9]",
          "x@[IPv6:2001:db8::1]");

  private static final List<String> FEATURES =
      List.of(
          "promiscuous_relay",
          "relay_mail_from",
          "relay_local_from",
          "relay_based_on_MX",
          "relay_entire_domain",
          "loose_relay_check",
          "accept_unqualified_senders");

  @TempDir Path temp;

  @Test
  void strangersDoNotRelayByAnyTrick() {
    Router router =
        new Lab(temp)
            .with("local-host-names", "example.com")
            .with("relay-domains", "relayed.example")
            .router(OWN);
    for (String recipient : TRICKS) {
      assertThat(asks(router, STRANGER, recipient)).as(recipient).isEqualTo("550 5.7.1");
    }
  }

  @Test
  void noFeatureOpensIt() {
    for (String feature : FEATURES) {
      Router router =
          new Lab(temp.resolve(feature))
              .with("sendmail.mc", "FEATURE(`use_cw_file')dnl", "FEATURE(`" + feature + "')dnl")
              .with("local-host-names", "example.com")
              .router(OWN);
      assertThat(asks(router, STRANGER, "x@far.example")).as(feature).isEqualTo("550 5.7.1");
    }
  }

  @Test
  void emptyTablesRelayForThisHostAndForAccountsOnly() {
    Router router = new Lab(temp).router(OWN);
    var alice = Optional.of(AccountName.of("alice"));

    assertThat(asks(router, STRANGER, "x@far.example")).isEqualTo("550 5.7.1");
    assertThat(
            asks(
                router, new Peer("127.0.0.1", Optional.empty(), Optional.empty()), "x@far.example"))
        .isEqualTo("250 x@far.example");
    assertThat(asks(router, new Peer("::1", Optional.empty(), Optional.empty()), "x@far.example"))
        .isEqualTo("250 x@far.example");
    assertThat(asks(router, new Peer("203.0.113.5", Optional.empty(), alice), "x@far.example"))
        .isEqualTo("250 x@far.example");
    assertThat(
            asks(
                router,
                new Peer("::ffff:127.0.0.1", Optional.empty(), Optional.empty()),
                "x@far.example"))
        .isEqualTo("250 x@far.example");
    assertThat(
            asks(
                router, new Peer("127.0.0.2", Optional.empty(), Optional.empty()), "x@far.example"))
        .isEqualTo("550 5.7.1");
  }

  /**
   * What only claims to be this host does not relay: the name must be verified, the sender never.
   */
  @Test
  void aForgedSenderOpensNothing() {
    Router router = new Lab(temp).with("local-host-names", "example.com").router(OWN);
    assertThat(
            Lab.shown(
                router.onRecipient(
                    STRANGER, Lab.from("alice@example.com"), EmailAddress.parse("x@far.example"))))
        .isEqualTo("550 5.7.1");
  }

  private static String asks(Router router, Peer peer, String recipient) {
    return Lab.shown(
        router.onRecipient(peer, Lab.from("a@b.example"), Lab.address(recipient, OWN)));
  }
}

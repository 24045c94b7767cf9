package org.malleposte.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.EmailAddress;
import org.malleposte.routing.Router.Peer;
import org.malleposte.tables.PublishedTables;
import org.malleposte.tables.PublishedView;
import org.malleposte.tables.TableSet;

/** A secondary with its own relay-domains and access, and the tables that a primary published. */
class SecondaryTest {
  private static final String OWN = "mx2.example.net";
  private static final Peer STRANGER = new Peer("203.0.113.5", Optional.empty(), Optional.empty());

  @TempDir Path temp;
  private TableSet primary;
  private TableSet secondary;

  @BeforeEach
  void tables() {
    primary =
        new Lab(temp.resolve("primary"))
            .with("local-host-names", "example.com", "example.org", "unlisted.example")
            .with("virtusertable", "info@example.org\talice@example.com", "@example.org\tbob")
            .with("aliases", "team: alice, bob, ext@far.example", "broken: nosuch")
            .with("access", "To:carol@example.com\tERROR:5.2.1:550 on leave")
            .load("mx1.example.com")
            .tables();
    secondary =
        new Lab(temp.resolve("secondary"))
            .with("relay-domains", "example.com", "example.org", "customer.example")
            .with("aliases", "postmaster: root", "root: alice@example.com")
            .with("access", "To:blocked@example.com\tREJECT", "To:opened.example\tRELAY")
            .load(OWN)
            .tables();
  }

  @Test
  void recipientsOfThePrimaryAreResolvedByItsTables() {
    Router router = router(known());
    assertThat(asks(router, "alice@example.com")).isEqualTo("250 alice");
    assertThat(asks(router, "ALICE+x@Example.COM")).isEqualTo("250 alice");
    assertThat(asks(router, "team@example.com")).isEqualTo("250 alice bob ext@far.example");
    assertThat(asks(router, "info@example.org")).isEqualTo("250 alice");
    assertThat(asks(router, "anybody@example.org")).isEqualTo("250 bob");
  }

  @Test
  void unknownRecipientsAreRefusedThoughThePrimaryIsDown() {
    Router router = router(known());
    assertThat(asks(router, "nosuch@example.com")).isEqualTo("550 5.1.1");
    assertThat(asks(router, "broken@example.com")).isEqualTo("550 5.1.1");
  }

  @Test
  void accessOfBothIsObeyed() {
    Router router = router(known());
    assertThat(asks(router, "blocked@example.com")).isEqualTo("550 5.2.1");
    assertThat(asks(router, "carol@example.com")).isEqualTo("550 5.2.1");
  }

  @Test
  void ownRelayDomainsSayWhatIsTaken() {
    Router router = router(known());
    // The primary serves it, but this node was not told to take mail for it.
    assertThat(asks(router, "alice@unlisted.example")).isEqualTo("550 5.7.1");
    assertThat(asks(router, "x@far.example")).isEqualTo("550 5.7.1");
    // Not the primary's: on to its MX.
    assertThat(asks(router, "x@customer.example")).isEqualTo("250 x@customer.example");
    assertThat(asks(router, "x@sub.example.com")).isEqualTo("250 x@sub.example.com");
    assertThat(asks(router, "x@opened.example")).isEqualTo("250 x@opened.example");
  }

  @Test
  void aClientThatMayRelayReachesThePrimarysUsersByItsTables() {
    Router router = router(known());
    var alice = new Peer("203.0.113.5", Optional.empty(), Optional.of(AccountName.of("alice")));
    assertThat(asks(router, alice, "bob@unlisted.example")).isEqualTo("250 bob");
    assertThat(asks(router, alice, "nosuch@unlisted.example")).isEqualTo("550 5.1.1");
    assertThat(asks(router, alice, "x@far.example")).isEqualTo("250 x@far.example");
  }

  @Test
  void ownAliasesLeadToThePrimarysUsers() {
    assertThat(asks(router(known()), "postmaster@" + OWN)).isEqualTo("250 alice");
  }

  @Test
  void beforeAnythingIsPublishedRelayedDomainsWait() {
    Router router = router(new PublishedView.Awaited());
    assertThat(asks(router, "alice@example.com")).isEqualTo("451 4.3.2");
    assertThat(asks(router, "x@sub.example.com")).isEqualTo("451 4.3.2");
    assertThat(asks(router, "x@customer.example")).isEqualTo("451 4.3.2");
    // Relaying is refused for good all the same, and the own names are served.
    assertThat(asks(router, "x@far.example")).isEqualTo("550 5.7.1");
    assertThat(asks(router, "nosuch@" + OWN)).isEqualTo("550 5.1.1");
  }

  @Test
  void aloneItIsWhatSendmailIs() {
    Router router = router(new PublishedView.Unneeded());
    assertThat(asks(router, "nosuch@example.com")).isEqualTo("250 nosuch@example.com");
  }

  @Test
  void withTwoPrimariesWhoeverKnowsTheUserIsRight() {
    TableSet other =
        new Lab(temp.resolve("other"))
            .with("local-host-names", "example.com")
            .with("aliases", "new: bob")
            .load("mx3.example.com")
            .tables();
    Router router =
        router(
            new PublishedView.Known(
                List.of(
                    published("mx1.example.com", primary), published("mx3.example.com", other))));
    assertThat(asks(router, "new@example.com")).isEqualTo("250 bob");
    assertThat(asks(router, "team@example.com")).isEqualTo("250 alice bob ext@far.example");
    assertThat(asks(router, "nosuch@example.com")).isEqualTo("550 5.1.1");
  }

  @Test
  void evidenceSaysWhoseTableDecided() {
    Router router = router(known());
    RoutingDecision decision =
        router.onRecipient(
            STRANGER, Lab.from("a@b.example"), EmailAddress.parse("team@example.com"));
    assertThat(decision.because().toString())
        .contains("relay-domains:1: example.com")
        .contains("aliases:1: team: alice, bob, ext@far.example");
  }

  /** Users whom only the primary's accounts file has. */
  @Test
  void thePrimarysAccountsAreKnown() {
    var router = new TablesRouter(() -> secondary, Lab.accounts(Set.of("root")), this::known);
    assertThat(asks(router, "alice@example.com")).isEqualTo("250 alice");
    // One that was added to the directory since.
    var later = new TablesRouter(() -> secondary, Lab.accounts(Set.of("newcomer")), this::known);
    assertThat(asks(later, "newcomer@example.com")).isEqualTo("250 newcomer");
  }

  private PublishedView known() {
    return new PublishedView.Known(List.of(published("mx1.example.com", primary)));
  }

  private static PublishedTables published(String name, TableSet tables) {
    return new PublishedTables(new NodeName(name), tables, Lab.accountSet(Lab.USERS), new byte[0]);
  }

  private Router router(PublishedView view) {
    return new TablesRouter(() -> secondary, Lab.accounts(Lab.USERS), () -> view);
  }

  private static String asks(Router router, String recipient) {
    return asks(router, STRANGER, recipient);
  }

  private static String asks(Router router, Peer peer, String recipient) {
    return Lab.shown(
        router.onRecipient(peer, Lab.from("a@b.example"), EmailAddress.parse(recipient)));
  }
}

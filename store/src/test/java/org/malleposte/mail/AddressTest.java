package org.malleposte.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "Example.ORG, example.org",
    "example.org., example.org",
    "bücher.example, xn--bcher-kva.example",
    "[127.0.0.1], [127.0.0.1]",
    "[IPv6:::1], [ipv6:::1]",
    "under_score.test, under_score.test",
    "localhost, localhost",
  })
  void domainsHaveOneForm(String written, String name) {
    assertThat(Domain.of(written).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a..b", ".a", "a b", "[", "[]", "[1.2.3.4", "a/b", "a\r\nb"})
  void whatIsNoDomainIsRefused(String written) {
    assertThatThrownBy(() -> Domain.of(written)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void domainsAreBounded() {
    assertThatThrownBy(() -> Domain.of("x".repeat(64) + ".test"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Domain.of("a.".repeat(127) + "test"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Domain("UPPER.test")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void subdomainsLieWithin() {
    var domain = Domain.of("example.org");
    assertThat(Domain.of("a.example.org").isWithin(domain)).isTrue();
    assertThat(domain.isWithin(domain)).isTrue();
    assertThat(Domain.of("notexample.org").isWithin(domain)).isFalse();
    assertThat(Domain.of("org").isWithin(domain)).isFalse();
    assertThat(Domain.of("[127.0.0.1]").isLiteral()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bob@example.org",
        "Bob.Smith+tag@example.org",
        "\"a b\"@example.org",
        "\"a\\\"b\\\\c\"@example.org",
        "\"a..b\"@example.org",
        "\".a\"@example.org",
        "\"a@b\"@example.org",
        "grüße@example.org",
      })
  void addressesAreWrittenAsTheyWereRead(String text) {
    var address = EmailAddress.parse(text);
    assertThat(address.toString()).isEqualTo(text);
    assertThat(EmailAddress.parse(address.toString())).isEqualTo(address);
  }

  @Test
  void quotesAreNoPartOfTheLocalPart() {
    assertThat(EmailAddress.parse("\"bob\"@x.test")).isEqualTo(EmailAddress.parse("bob@X.test"));
    assertThat(EmailAddress.parse("\"a b\"@x.test").localPart()).isEqualTo("a b");
    assertThat(EmailAddress.parse("Bob@x.test")).isNotEqualTo(EmailAddress.parse("bob@x.test"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bob",
        "@x.test",
        "bob@",
        "a b@x.test",
        "\"bob@x.test",
        "\"a\"b\"@x.test",
        "\"a\\\"@x.test",
        "<bob@x.test>",
        "\"a\u0000b\"@x.test",
        "bob@x..test",
      })
  void whatIsNoAddressIsRefused(String text) {
    assertThatThrownBy(() -> EmailAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void localPartsAreBounded() {
    assertThat(EmailAddress.parse("x".repeat(256) + "@x.test").localPart()).hasSize(256);
    assertThatThrownBy(() -> EmailAddress.parse("x".repeat(257) + "@x.test"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void reversePathsAreWrittenAsTheyWereRead() {
    assertThat(ReversePath.parse("<>")).isEqualTo(ReversePath.NULL);
    assertThat(ReversePath.NULL.address()).isEmpty();
    var sender = ReversePath.parse("<\"a b\"@x.test>");
    assertThat(sender).hasToString("<\"a b\"@x.test>");
    assertThat(sender.address()).contains(EmailAddress.parse("\"a b\"@x.test"));
  }

  @Test
  void accountsHaveOneForm() {
    assertThat(AccountName.of("Alice")).isEqualTo(new AccountName("alice"));
    assertThat(AccountName.of("alice@Example.org").value()).isEqualTo("alice@example.org");
    for (String bad : new String[] {"", "Alice", "a b", "a/b", "a:b", "a\nb", "x".repeat(129)}) {
      assertThatThrownBy(() -> new AccountName(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}

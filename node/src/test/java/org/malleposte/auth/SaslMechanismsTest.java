package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.SaslMechanisms.Start;
import org.malleposte.config.LoginLinks;
import org.malleposte.config.LoginMechanism;

class SaslMechanismsTest {
  private static final SaslLink CLEAR = SaslLink.clear(false);
  private static final SaslLink LOOPBACK = SaslLink.clear(true);
  private static final SaslLink ENCRYPTED = new SaslLink.Bare(true, false);
  private static final SaslLink BOUND = new BoundLink();

  /** TLS of which the JDK tells all. */
  private record BoundLink() implements SaslLink {
    @Override
    public boolean isEncrypted() {
      return true;
    }

    @Override
    public boolean isLoopback() {
      return false;
    }

    @Override
    public Optional<byte[]> channelBinding(ChannelBinding type) {
      return Optional.of(new byte[] {1});
    }

    @Override
    public List<X509Certificate> clientCertificates() {
      return List.of();
    }
  }

  private final SaslMechanisms all = TestMechanisms.of(List.of(LoginMechanism.values()));

  @Test
  void whatSendsThePasswordIsForPrivateLinks() {
    var hashes = List.of("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "DIGEST-MD5");
    assertThat(all.offered(CLEAR)).isEqualTo(hashes);
    assertThat(all.offered(LOOPBACK)).containsAll(hashes).contains("PLAIN", "LOGIN");
    assertThat(all.offered(ENCRYPTED)).isEqualTo(all.offered(LOOPBACK));
    assertThat(all.start("PLAIN", CLEAR)).isEqualTo(new Start.NeedsEncryption());
    assertThat(all.start("plain", ENCRYPTED)).isInstanceOf(Start.Begun.class);
    assertThat(all.takesPasswords(CLEAR)).isFalse();
    assertThat(all.takesPasswords(LOOPBACK)).isTrue();
  }

  @Test
  void plusIsOfferedWhereTheLinkCanBeBound() {
    assertThat(all.offered(BOUND))
        .containsSequence("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-1");
    assertThat(all.start("SCRAM-SHA-256-PLUS", BOUND)).isInstanceOf(Start.Begun.class);
    assertThat(all.start("SCRAM-SHA-256-PLUS", ENCRYPTED)).isEqualTo(new Start.Unknown());
  }

  @Test
  void whatIsNotConfiguredIsNotThere() {
    var some = TestMechanisms.of(List.of(LoginMechanism.CRAM_MD5));
    assertThat(some.offered(ENCRYPTED)).containsExactly("CRAM-MD5");
    assertThat(some.start("PLAIN", ENCRYPTED)).isEqualTo(new Start.Unknown());
    assertThat(some.start("PLAIN", CLEAR)).isEqualTo(new Start.Unknown());
    assertThat(some.takesPasswords(ENCRYPTED)).isFalse();
    assertThat(some.apopTimestamp()).isEmpty();
  }

  @Test
  void whatNeedsMoreIsOfferedOnlyWithIt() {
    assertThat(all.offered(BOUND)).doesNotContain("EXTERNAL", "OAUTHBEARER", "GSSAPI", "APOP");
    var tokens =
        new SaslMechanisms(
            () -> List.of(LoginMechanism.OAUTHBEARER),
            new SaslMechanisms.Means("smtp", "mx.test", Optional.empty(), true, Optional.empty()),
            new Random(1));
    assertThat(tokens.offered(ENCRYPTED)).containsExactly("OAUTHBEARER");
    assertThat(tokens.offered(CLEAR)).isEmpty();
    assertThat(tokens.start("OAUTHBEARER", CLEAR)).isEqualTo(new Start.NeedsEncryption());
  }

  /** Dovecot's ssl = required, and disable_plaintext_auth = no. */
  @Test
  void theRuleForLinksWithoutTlsMayBeAnother() {
    var nothing = with(LoginLinks.NOTHING);
    assertThat(nothing.offered(CLEAR)).isEmpty();
    assertThat(nothing.start("CRAM-MD5", CLEAR)).isEqualTo(new Start.NeedsEncryption());
    assertThat(nothing.takesPasswords(CLEAR)).isFalse();
    assertThat(nothing.offered(LOOPBACK)).contains("PLAIN", "CRAM-MD5");
    assertThat(nothing.apopTimestamp()).isEmpty();
    var anything = with(LoginLinks.ANYTHING);
    assertThat(anything.offered(CLEAR)).isEqualTo(anything.offered(ENCRYPTED)).contains("PLAIN");
    assertThat(anything.takesPasswords(CLEAR)).isTrue();
  }

  private static SaslMechanisms with(LoginLinks rule) {
    return new SaslMechanisms(
        () -> List.of(LoginMechanism.PLAIN, LoginMechanism.CRAM_MD5, LoginMechanism.APOP),
        new SaslMechanisms.Means("imap", "mx.test", Optional.empty(), false, Optional.empty()),
        rule,
        new Random(1));
  }

  @Test
  void eachChallengeIsAnother() {
    assertThat(all.apopTimestamp().orElseThrow()).matches("<[^<>@ ]+@mx\\.test>");
    assertThat(all.apopTimestamp()).isNotEqualTo(all.apopTimestamp());
  }
}

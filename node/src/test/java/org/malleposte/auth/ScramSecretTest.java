package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.malleposte.account.Credential;

class ScramSecretTest {
  /** RFC 5802 §5 and RFC 7677 §3. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SHA_1|QSXCR+Q6sek8bf92|fyko+d2lbbFgONRv9qkxdawL|3rfcNHYJY1ZVvWVs7j"
            + "|v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=|rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        "SHA_256|W22ZaJ0SNY7soEsUEjb6gQ==|rOprNGfwEbeRWgbNEkqO|%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
            + "|dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
            + "|6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
      })
  void theExamplesOfTheRfcs(
      ScramHash hash, String salt, String nonce, String ours, String proof, String signature) {
    var secret = ScramSecret.derive(hash, "pencil", Base64.getDecoder().decode(salt), 4096);
    String message =
        "n=user,r="
            + nonce
            + ",r="
            + nonce
            + ours
            + ",s="
            + salt
            + ",i=4096,c=biws,r="
            + nonce
            + ours;
    assertThat(
            secret
                .verify(Base64.getDecoder().decode(proof), message)
                .map(Base64.getEncoder()::encodeToString))
        .contains(signature);
    assertThat(secret.verify(Base64.getDecoder().decode(proof), message + "x")).isEmpty();
    assertThat(secret.verify(new byte[0], message)).isEmpty();
  }

  @Test
  void goesThroughACredential() {
    var secret = ScramSecret.derive(ScramHash.SHA_256, "pencil", new byte[] {1, 2, 3}, 4096);
    var back = ScramSecret.of(secret.credential(), ScramHash.SHA_256).orElseThrow();
    assertThat(back).usingRecursiveComparison().isEqualTo(secret);
    assertThat(back.fits("pencil")).isTrue();
    assertThat(back.fits("Pencil")).isFalse();
    assertThat(ScramSecret.of(secret.credential(), ScramHash.SHA_1)).isEmpty();
    assertThat(secret.toString()).isEqualTo("ScramSecret[SHA_256]");
  }

  @Test
  void nonsenseIsRefused() {
    for (String hash : new String[] {"0,AAAA,AAAA,AAAA", "4096,!!,!!,!!"}) {
      assertThatThrownBy(
              () -> ScramSecret.of(Credential.parse("{SCRAM-SHA-256}" + hash), ScramHash.SHA_256))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** RFC 4013 §3, those that map. */
  @Test
  void twoWaysToWriteAPasswordAreOne() {
    assertThat(SaslText.prepare("I\u00adX")).isEqualTo("IX");
    assertThat(SaslText.prepare("user")).isEqualTo("user");
    assertThat(SaslText.prepare("USER")).isEqualTo("USER");
    assertThat(SaslText.prepare("\u00aa")).isEqualTo("a");
    assertThat(SaslText.prepare("\u2168")).isEqualTo("IX");
    assertThat(SaslText.prepare("a\u0308\u3000")).isEqualTo("ä ");
    var secret = ScramSecret.derive(ScramHash.SHA_256, "a\u0308", new byte[16], 4096);
    assertThat(secret.fits("ä")).isTrue();
  }
}

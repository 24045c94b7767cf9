package org.malleposte.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {
  @Test
  void textGoesRoundButToStringHidesIt() {
    var credential = Credential.parse("{plain}secret");
    assertThat(credential.text()).isEqualTo("{PLAIN}secret");
    assertThat(credential).hasToString("{PLAIN}...");
  }

  @Test
  void withoutSchemeItIsCrypt() {
    assertThat(Credential.parse("*").scheme()).isEqualTo(PasswordScheme.CRYPT);
  }

  @Test
  void encodingsNameTheSameHash() {
    assertThat(Credential.parse("{PLAIN.b64}cDpxIA==").decoded())
        .isEqualTo("p:q ".getBytes(StandardCharsets.UTF_8));
    var hex = Credential.parse("{SHA}a94a8fe5ccb19ba61c4c0873d391e987982fbbd3");
    var base64 = Credential.parse("{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=");
    assertThat(hex.decoded()).isEqualTo(base64.decoded());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{SHA512-CRYPT}garbage",
        "{SHA256}zz",
        "{SSHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=", // no salt
        "{NO-SUCH}x",
        "{PLAIN",
        "{PLAIN.ROT13}x",
        "garbage",
        "{PLAIN}a\nb",
        "{PLAIN.HEX}zz",
        "{BLF-CRYPT}$2y$05$short",
        "{BLF-CRYPT}$2y$31$IX/.d7OKabnn76f7krFcwep26LRykQbeRP.LPQMsK/zN3r8vvG3na",
        "{ARGON2ID}$argon2id$v=19$m=1048576,t=3,p=1$nQNDA9OLRKclzkJAoSTh7w$+1PHPI3fYHdVT7/obrU4rvk"
      })
  void aMistakeIsRefusedWithoutShowingTheHash(String text) {
    assertThatThrownBy(() -> Credential.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("garbage")
        .hasMessageNotContaining("qUqP");
  }

  @Test
  void lengthIsBounded() {
    String most = "x".repeat(Credential.MAX_CHARACTERS);
    assertThat(Credential.parse("{PLAIN}" + most).hash()).hasSize(Credential.MAX_CHARACTERS);
    assertThatThrownBy(() -> Credential.parse("{PLAIN}x" + most)).hasMessageContaining("over");
  }
}

package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.malleposte.account.Credential;
import org.malleposte.account.PasswordScheme;

class PasswordSchemesTest {
  private static final String PASSWORD = "pässwörd & 1";
  private final PasswordSchemes schemes = new PasswordSchemes(new Random(1));

  private boolean verify(Credential credential, String password) {
    return schemes.verify(credential, "alice@example.org", password);
  }

  static List<String> hashes() {
    try (var in = PasswordSchemesTest.class.getResourceAsStream("/auth/hashes.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("hashes")
  void takesHashesOfOtherTools(String hash) {
    var credential = Credential.parse(hash);
    assertThat(verify(credential, PASSWORD)).isTrue();
    assertThat(verify(credential, "pässwörd & 2")).isFalse();
    assertThat(verify(credential, "")).isFalse();
  }

  @Test
  void everySchemeHasAHashOfAnotherTool() {
    var seen = hashes().stream().map(h -> Credential.parse(h).scheme()).collect(Collectors.toSet());
    assertThat(seen).containsExactlyInAnyOrderElementsOf(EnumSet.allOf(PasswordScheme.class));
  }

  @Test
  void desCryptStillWorks() {
    assertThat(verify(Credential.parse("abzp3RXJm5gNA"), "pässwörd")).isTrue();
    assertThat(verify(Credential.parse("abzp3RXJm5gNA"), "passwort")).isFalse();
  }

  @Test
  void aNewHashIsSaltedAndFits() {
    var first = schemes.hash(PASSWORD);
    var second = schemes.hash(PASSWORD);
    assertThat(first.scheme()).isEqualTo(PasswordScheme.SCRAM_SHA_256);
    assertThat(first).isNotEqualTo(second);
    assertThat(verify(Credential.parse(first.text()), PASSWORD)).isTrue();
    assertThat(verify(first, PASSWORD + "x")).isFalse();
  }

  @Test
  void aLockedAccountTakesNoPassword() {
    for (String locked : List.of("*", "!", "!*", "*LK*")) {
      assertThat(verify(Credential.parse(locked), locked)).isFalse();
    }
    assertThat(verify(Credential.LOCKED, "*")).isFalse();
  }

  @Test
  void nonsenseInTheRightShapeFitsNothing() {
    for (String hash :
        List.of(
            "{SCRAM-SHA-256}0,AAAA,AAAA,AAAA",
            "{SCRAM-SHA-256}4096,!!,!!,!!",
            "{PBKDF2}$1$salt$0$d26ecb0a0a0592ceba845a9eb70000114d568236",
            "{CRYPT}$6$x",
            "{CRYPT}$5$x",
            "{ARGON2ID}$argon2id$v=19$m=0,t=0,p=0$AAAA$AAAA",
            "{ARGON2ID}$argon2id$v=19$m=8,t=1,p=1$!!$!!")) {
      assertThat(verify(Credential.parse(hash), "x")).as(hash).isFalse();
    }
  }

  @Test
  void emptyOverlongAndNulPasswordsAreRefused() {
    var plain = Credential.parse("{PLAIN}");
    assertThat(verify(plain, "")).isFalse();
    String longest = "x".repeat(PasswordSchemes.MAX_PASSWORD_CHARACTERS);
    assertThat(verify(Credential.parse("{PLAIN}" + longest), longest)).isTrue();
    assertThat(verify(Credential.parse("{PLAIN}" + longest + "x"), longest + "x")).isFalse();
    assertThatThrownBy(() -> schemes.hash("a\0b")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> schemes.hash("")).isInstanceOf(IllegalArgumentException.class);
  }
}

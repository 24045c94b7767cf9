package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.auth.ScramExchange.Binding;
import org.malleposte.mail.AccountName;

class ScramExchangeTest {
  private static final LoginAnswer.Salted SALTED = new LoginAnswer.Salted(new byte[16], 4096);
  private static final LoginOutcome ALICE = new LoginOutcome.Granted(new AccountName("alice"));

  private static ScramExchange exchange(Binding binding) {
    return new ScramExchange(
        ScramHash.SHA_256, binding, new SaslLink.Bare(true, false), new Random(1));
  }

  private static SaslStep say(SaslExchange exchange, String text) {
    return exchange.respond(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(SaslStep step) {
    return new String(((SaslStep.Challenge) step).data(), StandardCharsets.UTF_8);
  }

  @Test
  void goesItsWay() {
    var exchange = exchange(Binding.IMPOSSIBLE);
    assertThat(text(exchange.begin())).isEmpty();
    assertThat(say(exchange, "n,,n=alice,r=abc"))
        .isEqualTo(new SaslStep.Ask(new LoginQuestion.Salt("alice", ScramHash.SHA_256)));
    String first = text(exchange.answered(SALTED));
    assertThat(first).startsWith("r=abc").endsWith(",s=AAAAAAAAAAAAAAAAAAAAAA==,i=4096");
    String nonce = first.substring(2, first.indexOf(','));
    assertThat(nonce.length()).isGreaterThan(20);
    assertThat(say(exchange, "c=biws,r=" + nonce + ",p=AAAA")).isInstanceOf(SaslStep.Ask.class);
    assertThat(text(exchange.answered(new LoginAnswer.Ended(ALICE, new byte[] {1}))))
        .isEqualTo("v=AQ==");
    assertThat(say(exchange, "")).isEqualTo(new SaslStep.Ended(ALICE));
  }

  @Test
  void theProofIsOfTheRightMessage() {
    var exchange = exchange(Binding.IMPOSSIBLE);
    say(exchange, "n,,n=alice,r=abc");
    String first = text(exchange.answered(SALTED));
    String nonce = first.substring(2, first.indexOf(','));
    var asked = (SaslStep.Ask) say(exchange, "c=biws,r=" + nonce + ",x=y,p=AAAA");
    var proof = (ScramProof) ((LoginQuestion.Proof) asked.question()).proof();
    assertThat(proof.authMessage())
        .isEqualTo("n=alice,r=abc," + first + ",c=biws,r=" + nonce + ",x=y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n",
        "n,,",
        "n,,n=alice",
        "n,,n=,r=abc",
        "n,,n=alice,r=",
        "n,,n=alice,r=a bc",
        "n,,n=al=ice,r=abc",
        "n,,n=al=2cice,r=abc",
        "n,,m=x,n=alice,r=abc",
        "n,,n=alice\0,r=abc",
        "n,a=bob,n=alice,r=abc",
        "n,bob,n=alice,r=abc",
        "x,,n=alice,r=abc",
        "p=,,n=alice,r=abc",
        "p=tls-exporter,,n=alice,r=abc"
      })
  void whatIsNoFirstMessageIsRefused(String message) {
    assertThat(say(exchange(Binding.IMPOSSIBLE), message)).isEqualTo(new SaslStep.Malformed());
  }

  @Test
  void namesAreUnescapedAndMayBeRepeatedAsTheIdentity() {
    var asked = say(exchange(Binding.IMPOSSIBLE), "n,a=a=2Cb=3Dc,n=a=2Cb=3Dc,r=abc,ext=1");
    assertThat(asked)
        .isEqualTo(new SaslStep.Ask(new LoginQuestion.Salt("a,b=c", ScramHash.SHA_256)));
  }

  @Test
  void whoCouldBindAndIsToldThatWeCannotHasBeenLiedTo() {
    var denied = new SaslStep.Ended(new LoginOutcome.Denied());
    assertThat(say(exchange(Binding.OFFERED), "y,,n=alice,r=abc")).isEqualTo(denied);
    assertThat(say(exchange(Binding.OFFERED), "n,,n=alice,r=abc")).isInstanceOf(SaslStep.Ask.class);
    assertThat(say(exchange(Binding.IMPOSSIBLE), "y,,n=alice,r=abc"))
        .isInstanceOf(SaslStep.Ask.class);
    for (String flag : List.of("n", "y")) {
      assertThat(say(exchange(Binding.REQUIRED), flag + ",,n=alice,r=abc"))
          .isEqualTo(new SaslStep.Malformed());
    }
    assertThat(say(exchange(Binding.REQUIRED), "p=tls-unique,,n=alice,r=abc")).isEqualTo(denied);
  }

  @Test
  void aSecondMessageMustFitTheFirst() {
    for (String message :
        List.of(
            "c=biws,r=NONCEx,p=AAAA",
            "c=biws,p=AAAA",
            "c=biws,r=NONCE",
            "r=NONCE,p=AAAA",
            "c=biws,r=NONCE,p=!",
            "c=!,r=NONCE,p=AAAA")) {
      assertThat(second(message)).as(message).isEqualTo(new SaslStep.Malformed());
    }
    assertThat(second("c=eSws,r=NONCE,p=AAAA")) // y,, where n,, was said
        .isEqualTo(new SaslStep.Ended(new LoginOutcome.Denied()));
  }

  private static SaslStep second(String message) {
    var exchange = exchange(Binding.IMPOSSIBLE);
    say(exchange, "n,,n=alice,r=abc");
    String first = text(exchange.answered(SALTED));
    return say(exchange, message.replace("NONCE", first.substring(2, first.indexOf(','))));
  }

  @Test
  void unavailableAccountsEndIt() {
    var exchange = exchange(Binding.IMPOSSIBLE);
    say(exchange, "n,,n=alice,r=abc");
    var outcome = new LoginOutcome.Unavailable("not loaded");
    assertThat(exchange.answered(new LoginAnswer.Ended(outcome)))
        .isEqualTo(new SaslStep.Ended(outcome));
  }

  @Test
  void nothingSecretIsPrinted() {
    var proof = new LoginQuestion.Proof("alice", _ -> Optional.empty());
    assertThat(proof.toString()).isEqualTo("Proof[alice]");
    assertThat(new LoginQuestion.Password("alice", "secret").toString()).doesNotContain("secret");
    assertThat(new LoginQuestion.Token("secret", Optional.empty()).toString())
        .doesNotContain("secret");
  }
}

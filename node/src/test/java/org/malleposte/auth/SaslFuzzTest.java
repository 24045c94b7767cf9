package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.malleposte.account.Credential;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.mail.AccountName;

/** Whatever a client says, an exchange has a step for it, and nobody is let in by chance. */
class SaslFuzzTest {
  private static final int ROUNDS = 4000;
  private static final List<Credential> STORED =
      List.of(
          Credential.parse("{PLAIN}another password"),
          Credential.parse("{CRAM-MD5}" + "5c".repeat(32)),
          Credential.parse("{DIGEST-MD5}" + "5c".repeat(16)),
          Credential.parse(
              "{SCRAM-SHA-256}4096,/MnZQXh5ID+IeCMjwz2XWQ==,"
                  + "a7WgFkt2VLNAnJ4SS/jaHo6fVBFwY2X4ZIeTHgJ4goc=,"
                  + "dJM4LRZQ8zO2HoYyPXmxyhjyhYwGpKRgUyY7iLEoj5w="));

  record Kind(Supplier<SaslExchange> start, List<String> says) {}

  static List<Kind> kinds(Random random) {
    return List.of(
        new Kind(SaslPlain::new, List.of("\0alice\0secret")),
        new Kind(SaslLogin::new, List.of("alice", "secret")),
        new Kind(
            () -> new CramMd5Exchange("<a@b>"),
            List.of("alice b913a602c7eda7a495b4e6e7334d3890", "tim b9")),
        new Kind(
            () -> new DigestMd5Exchange("imap", "n"),
            List.of(
                "charset=utf-8,username=\"a\",realm=\"r\",nonce=\"n\",nc=00000001,cnonce=\"c\","
                    + "digest-uri=\"imap/h\",response=d388dad90d4bbd760a152321f2143af7,qop=auth")),
        new Kind(
            () ->
                new ScramExchange(
                    ScramHash.SHA_256,
                    ScramExchange.Binding.IMPOSSIBLE,
                    new SaslLink.Bare(true, false),
                    random),
            List.of("n,,n=alice,r=abc", "c=biws,r=abc,p=AAAA", "c=biws,r=NONCE,p=AAAA", "")),
        new Kind(() -> new ExternalExchange(List.of("alice")), List.of("", "alice")),
        new Kind(
            OauthBearerExchange::new,
            List.of("n,a=u@h,\1host=h\1port=143\1auth=Bearer abc==\1\1", "\1")));
  }

  @Test
  void nothingThrowsAndNothingFits() {
    long seed = 20261124;
    var random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      for (var kind : kinds(random)) {
        play(kind, random, "seed " + seed + ", round " + round);
      }
    }
  }

  private static void play(Kind kind, Random random, String where) {
    var exchange = kind.start().get();
    var step = random.nextBoolean() ? exchange.begin() : say(exchange, kind, random, "");
    String nonce = "";
    for (int turn = 0; turn < 6; turn++) {
      switch (step) {
        case SaslStep.Challenge(var data) -> {
          String text = new String(data, StandardCharsets.UTF_8);
          nonce = text.startsWith("r=") ? text.substring(2, text.indexOf(',')) : nonce;
          step = say(exchange, kind, random, nonce);
        }
        case SaslStep.Ask(var question) -> step = exchange.answered(answer(question, where));
        case SaslStep.Ended _, SaslStep.Malformed _ -> {
          return;
        }
      }
    }
  }

  static LoginAnswer answer(LoginQuestion question, String where) {
    return switch (question) {
      case LoginQuestion.Salt _ -> new LoginAnswer.Salted(new byte[16], 1);
      case LoginQuestion.Proof(var _, var proof) -> {
        for (var stored : STORED) {
          assertThat(proof.verify(stored)).as(where).isEmpty();
        }
        yield new LoginAnswer.Ended(new LoginOutcome.Granted(new AccountName("a")), new byte[2]);
      }
      case LoginQuestion.Password _,
          LoginQuestion.Holder _,
          LoginQuestion.Token _,
          LoginQuestion.Ticket _ ->
          new LoginAnswer.Ended(new LoginOutcome.Denied());
    };
  }

  private static SaslStep say(SaslExchange exchange, Kind kind, Random random, String nonce) {
    String text = kind.says().get(random.nextInt(kind.says().size())).replace("NONCE", nonce);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int change = random.nextInt(3); change > 0 && bytes.length > 0; change--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes = Arrays.copyOf(bytes, at);
        default -> bytes[at] = bytes[random.nextInt(bytes.length)];
      }
    }
    return exchange.respond(bytes);
  }
}

package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.account.Credential;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.SaslExchange.SaslStep;
import org.malleposte.mail.AccountName;

/** CRAM-MD5, DIGEST-MD5, EXTERNAL and OAUTHBEARER, by the examples of their RFCs. */
class DigestExchangesTest {
  private static final LoginOutcome ALICE = new LoginOutcome.Granted(new AccountName("alice"));

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static LoginQuestion.Proof proof(SaslStep step) {
    return (LoginQuestion.Proof) ((SaslStep.Ask) step).question();
  }

  private static Optional<byte[]> verify(LoginQuestion.Proof asked, String credential) {
    return asked.proof().verify(Credential.parse(credential));
  }

  /** RFC 2195 §2; the context is Dovecot's of the same password. */
  @Test
  void cramMd5() {
    var exchange = new CramMd5Exchange("<1896.697170952@postoffice.reston.mci.net>");
    exchange.begin();
    var asked = proof(exchange.respond(bytes("tim b913a602c7eda7a495b4e6e7334d3890")));
    assertThat(asked.login()).isEqualTo("tim");
    assertThat(verify(asked, "{PLAIN}tanstaaftanstaaf")).isPresent();
    assertThat(verify(asked, "{PLAIN}tanstaaftanstaag")).isEmpty();
    assertThat(verify(asked, "{PLAIN}")).isEmpty();
    assertThat(
            verify(
                asked,
                "{CRAM-MD5}" + "d06d4e1b26fccaa4b0b61801132340a354b21152711fb604ca3e035e7015116b"))
        .isPresent();
    assertThat(verify(asked, "{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=")).isEmpty();
    assertThat(exchange.answered(new LoginAnswer.Ended(ALICE)))
        .isEqualTo(new SaslStep.Ended(ALICE));
  }

  @Test
  void theServerSpeaksFirst() {
    assertThat(new CramMd5Exchange("<a@b>").respond(bytes("tim 00")))
        .isEqualTo(new SaslStep.Malformed());
    assertThat(new DigestMd5Exchange("imap", "n").respond(bytes("username=a")))
        .isEqualTo(new SaslStep.Malformed());
    var exchange = new CramMd5Exchange("<a@b>");
    exchange.begin();
    assertThat(exchange.respond(bytes("nospace"))).isEqualTo(new SaslStep.Malformed());
  }

  private static final String EXAMPLE =
      "charset=utf-8,username=\"chris\",realm=\"elwood.innosoft.com\",nonce=\"OA6MG9tEQGm2hh\","
          + "nc=00000001,cnonce=\"OA6MHXh6VqTrRk\",digest-uri=\"imap/elwood.innosoft.com\","
          + "response=d388dad90d4bbd760a152321f2143af7,qop=auth";

  private static SaslStep digest(String response) {
    var exchange = new DigestMd5Exchange("imap", "OA6MG9tEQGm2hh");
    exchange.begin();
    return exchange.respond(bytes(response));
  }

  /** RFC 2831 §4. */
  @Test
  void digestMd5() {
    var asked = proof(digest(EXAMPLE));
    assertThat(asked.login()).isEqualTo("chris@elwood.innosoft.com");
    assertThat(verify(asked, "{PLAIN}secret").map(String::new))
        .contains("rspauth=ea40f60335c427b5527b84dbabcdfffd");
    // MD5 of chris:elwood.innosoft.com:secret
    assertThat(verify(asked, "{DIGEST-MD5}eb5a750053e4d2c34aa84bbc9b0b6ee7")).isPresent();
    assertThat(verify(asked, "{DIGEST-MD5}" + Digests.hex(DigestMd5.secret("chris", "secret"))))
        .as("of another realm")
        .isEmpty();
    assertThat(verify(asked, "{PLAIN}Secret")).isEmpty();
    assertThat(verify(asked, "{PLAIN}")).isEmpty();
    assertThat(asked.proof().toString()).isEqualTo("DigestMd5[chris]");
  }

  @Test
  void digestMd5ShowsThatItKnowsThePasswordToo() {
    var exchange = new DigestMd5Exchange("imap", "OA6MG9tEQGm2hh");
    assertThat(new String(((SaslStep.Challenge) exchange.begin()).data()))
        .isEqualTo(
            "realm=\"\",nonce=\"OA6MG9tEQGm2hh\",qop=\"auth\",charset=utf-8,"
                + "algorithm=md5-sess"); // without quotes: curl reads it so
    exchange.respond(bytes(EXAMPLE));
    var step = exchange.answered(new LoginAnswer.Ended(ALICE, bytes("rspauth=x")));
    assertThat(new String(((SaslStep.Challenge) step).data())).isEqualTo("rspauth=x");
    assertThat(exchange.respond(new byte[0])).isEqualTo(new SaslStep.Ended(ALICE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonce=\"OA6MG9tEQGm2hh\"|nonce=\"other\"",
        "nc=00000001|nc=00000002",
        "qop=auth|qop=auth-int",
        "imap/|smtp/",
        "username=\"chris\"|username=\"\"",
        "username=\"chris\"|username=\"chris\",username=\"eve\"",
        "username=\"chris\"|username=\"chris",
        "cnonce=\"OA6MHXh6VqTrRk\",|",
        "response=d388dad90d4bbd760a152321f2143af7|response=d3",
        "qop=auth|qop=auth,authzid=\"eve\"",
        "qop=auth|qop=auth,,=",
      })
  void whatIsNoResponseIsRefused(String change) {
    String[] parts = change.split("\\|", -1);
    assertThat(EXAMPLE).contains(parts[0]);
    assertThat(digest(EXAMPLE.replace(parts[0], parts[1]))).isEqualTo(new SaslStep.Malformed());
  }

  @Test
  void quotedStringsAreUnescaped() {
    assertThat(
            proof(digest(EXAMPLE.replace("\"chris\"", "\"a\\\\b\\\"c\"").replace("realm=", "x=")))
                .login())
        .isEqualTo("a\\b\"c");
  }

  @Test
  void external() {
    var exchange = new ExternalExchange(List.of("alice@example.org", "Alice"));
    assertThat(exchange.begin()).isInstanceOf(SaslStep.Challenge.class);
    assertThat(exchange.respond(new byte[0]))
        .isEqualTo(
            new SaslStep.Ask(
                new LoginQuestion.Holder(List.of("alice@example.org", "Alice"), Optional.empty())));
    assertThat(new ExternalExchange(List.of()).respond(bytes("bob")))
        .isEqualTo(new SaslStep.Ask(new LoginQuestion.Holder(List.of(), Optional.of("bob"))));
    assertThat(new ExternalExchange(List.of()).respond(new byte[] {0}))
        .isEqualTo(new SaslStep.Malformed());
  }

  /** RFC 7628 §4.1, §4.3. */
  @Test
  void oauthBearer() {
    var exchange = new OauthBearerExchange();
    String response =
        "n,a=user@example.com,\1host=server.example.com\1port=143\1"
            + "auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1";
    assertThat(exchange.respond(bytes(response)))
        .isEqualTo(
            new SaslStep.Ask(
                new LoginQuestion.Token(
                    "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
                    Optional.of("user@example.com"))));
    var denied = new LoginOutcome.Denied();
    var step = exchange.answered(new LoginAnswer.Ended(denied));
    assertThat(new String(((SaslStep.Challenge) step).data()))
        .isEqualTo("{\"status\":\"invalid_token\"}");
    assertThat(exchange.respond(new byte[] {1})).isEqualTo(new SaslStep.Ended(denied));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n,,",
        "n,,|auth=Bearer x|",
        "n,,|auth=Bearer |",
        "n,,|auth=Basic x||",
        "n,,|host=x||",
        "p=tls-exporter,,|auth=Bearer x||",
        "n,x,|auth=Bearer x||"
      })
  void whatIsNoBearerIsRefused(String response) {
    assertThat(new OauthBearerExchange().respond(bytes(response.replace('|', '\1'))))
        .isEqualTo(new SaslStep.Malformed());
  }

  @Test
  void aTokenMayNameNobody() {
    assertThat(new OauthBearerExchange().respond(bytes("n,,\1auth=bearer x\1\1")))
        .isEqualTo(new SaslStep.Ask(new LoginQuestion.Token("x", Optional.empty())));
  }

  @Test
  void apop() {
    // RFC 1939 §7
    var apop = new Apop("<1896.697170952@dbc.mtview.ca.us>", "C4C9334BAC560ECC979E58001B3E22FB");
    assertThat(apop.verify(Credential.parse("{PLAIN}tanstaaf"))).isPresent();
    assertThat(apop.verify(Credential.parse("{PLAIN}tanstaag"))).isEmpty();
    assertThat(apop.verify(Credential.parse("{PLAIN}"))).isEmpty();
    assertThat(apop.verify(Credential.parse("{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M="))).isEmpty();
  }
}

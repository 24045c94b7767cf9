package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.auth.SaslLink;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.mail.AccountName;
import org.malleposte.pop3.Pop3Session.Link;

class Pop3SessionTest {
  private static final Link FAR = new Link(SaslLink.clear(false), true);
  private static final Link ENCRYPTED = new Link(new SaslLink.Bare(true, false), false);
  private static final Link FAR_WITHOUT_TLS = new Link(SaslLink.clear(false), false);

  private static Pop3Session session(Link link) {
    return new Pop3Session("mx1.test", TestMechanisms.byDefault(), 5, link);
  }

  private static List<Pop3Step> reply(String text) {
    return List.of(new Pop3Step.Send(text));
  }

  @Test
  void noPasswordIsTakenInClearFromAfar() {
    var session = session(FAR);
    for (Pop3Command command :
        List.of(
            new Pop3Command.User("alice"),
            new Pop3Command.Pass("secret"),
            new Pop3Command.Auth("PLAIN", Optional.empty()),
            new Pop3Command.Auth("PLAIN", Optional.of("\0alice\0secret".getBytes())))) {
      assertThat(session.on(command)).isEqualTo(reply(Pop3Replies.ENCRYPT_FIRST));
    }
    assertThat(session.on(new Pop3Command.Capa()).toString())
        .contains("STLS")
        .doesNotContain("\nUSER", "SASL");
    assertThat(session.on(new Pop3Command.AuthList())).isEqualTo(reply("+OK\r\n."));
  }

  @Test
  void afterStlsItIs() {
    var session = session(FAR);
    assertThat(session.on(new Pop3Command.Stls()))
        .containsExactly(new Pop3Step.StartTls(Pop3Replies.GO_AHEAD_TLS));
    assertThat(session.onTls(ENCRYPTED.sasl())).isEmpty();
    assertThat(session.on(new Pop3Command.User("alice"))).isEqualTo(reply("+OK send the password"));
    assertThat(session.on(new Pop3Command.Pass("secret")))
        .containsExactly(new Pop3Step.AskLogin(new LoginQuestion.Password("alice", "secret")));
  }

  @Test
  void withoutACertificateThereIsNoStls() {
    var session = session(FAR_WITHOUT_TLS);
    assertThat(session.on(new Pop3Command.Capa()).toString()).doesNotContain("STLS");
    assertThat(session.on(new Pop3Command.Stls())).isEqualTo(reply(Pop3Replies.NO_TLS));
  }

  @Test
  void aCommandWhileAStepIsUnderWayIsABug() {
    var session = session(ENCRYPTED);
    session.on(new Pop3Command.User("alice"));
    session.on(new Pop3Command.Pass("secret"));
    assertThatThrownBy(() -> session.on(new Pop3Command.Noop()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aMaildropThatCannotBeOpenedLeavesTheClientLoggedOut() {
    var session = session(ENCRYPTED);
    for (var outcome : List.of(new OpenOutcome.InUse(), new OpenOutcome.Failed())) {
      session.on(new Pop3Command.User("alice"));
      session.on(new Pop3Command.Pass("secret"));
      var account = new AccountName("alice");
      assertThat(session.onAnswer(new LoginAnswer.Ended(new LoginOutcome.Granted(account))))
          .containsExactly(new Pop3Step.OpenMaildrop(account));
      assertThat(session.onOpened(outcome).toString()).contains("-ERR [");
      assertThat(session.on(new Pop3Command.Stat())).isEqualTo(reply(Pop3Replies.LOG_IN_FIRST));
    }
  }

  @Test
  void stepsDoNotShowPasswords() {
    var session = session(ENCRYPTED);
    session.on(new Pop3Command.User("alice"));
    assertThat(session.on(new Pop3Command.Pass("secret")).toString()).doesNotContain("secret");
    assertThat(new Pop3Command.Pass("secret").toString()).doesNotContain("secret");
    assertThat(new Pop3Command.Auth("PLAIN", Optional.of("secret".getBytes())).toString())
        .doesNotContain("secret");
  }
}

package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.malleposte.tables.McDirective.Meaning;

class McFileTest {
  @Test
  void readsWhatSendmailFilesReallyLookLike() {
    McFile mc =
        parse(
            """
            divert(-1)
            # a header with words such as FEATURE that mean nothing
            divert(0)dnl
            include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
            VERSIONID(`example')
            OSTYPE(`debian')dnl
            define(`CERT_DIR', `/etc/mail/certs')dnl
            define(`confCACERT', `CERT_DIR/ca.pem')dnl
            define(`confMAX_MESSAGE_SIZE', `52428800')dnl ten times the default
            dnl define(`confCOMMENTED', `out')
            FEATURE(`access_db', `hash -T<TMPF> -o /etc/mail/access', `skip')dnl
            FEATURE(use_cw_file)dnl
            DAEMON_OPTIONS(`Port=smtp, Addr=127.0.0.1, Name=MTA')dnl
            DAEMON_OPTIONS(
              `Port=587, Name=MSA, M=E'
            )dnl
            ifdef(`confNOTHING', `FEATURE(`one')', `FEATURE(`virtusertable')')dnl
            LOCAL_CONFIG
            Cwexample.com example.org
            MAILER(`local')dnl
            MAILER(`smtp')dnl
            """,
            Set.of("confMAX_MESSAGE_SIZE", "confCACERT", "DAEMON_OPTIONS"));

    assertThat(mc.setting("confMAX_MESSAGE_SIZE")).contains("52428800");
    assertThat(mc.setting("confCACERT")).contains("/etc/mail/certs/ca.pem");
    assertThat(mc.setting("confCOMMENTED")).isEmpty();
    assertThat(mc.hasFeature("use_cw_file")).isTrue();
    assertThat(mc.hasFeature("virtusertable")).isTrue();
    assertThat(mc.hasFeature("one")).isFalse();
    assertThat(mc.featureArguments("access_db")).hasSize(2).contains("skip");
    assertThat(mc.calls("DAEMON_OPTIONS").stream().map(d -> d.argument(0)))
        .containsExactly("Port=smtp, Addr=127.0.0.1, Name=MTA", "Port=587, Name=MSA, M=E");
    assertThat(mc.calls("LOCAL_DOMAIN").stream().map(d -> d.argument(0)))
        .containsExactly("example.com example.org");
    assertThat(mc.problems()).isEmpty();
  }

  @Test
  void eachDirectiveIsTakenOrWarnedOfWithItsLine() {
    McFile mc =
        parse(
            """
            FEATURE(`delay_checks')dnl

            FEATURE(`mailertable')dnl
            """,
            Set.of());

    assertThat(mc.directives().stream().map(McDirective::line)).containsExactly(1, 3);
    assertThat(mc.directives().getFirst().meaning()).isInstanceOf(Meaning.Taken.class);
    assertThat(mc.directives().getLast().meaning()).isInstanceOf(Meaning.NotTaken.class);
    assertThat(mc.directives().getLast().text()).isEqualTo("FEATURE(`mailertable')");
    assertThat(mc.problems())
        .extracting(TableProblem::toString)
        .containsExactly(
            "sendmail.mc:3: warning: mailertable is not read; use relay-domains and MX records");
  }

  @Test
  void whatTheServersObeyIsNoWarning() {
    String text = "define(`confMAX_MESSAGE_SIZE', `1')dnl\n";
    assertThat(parse(text, Set.of()).problems()).hasSize(1);
    assertThat(parse(text, Set.of("confMAX_MESSAGE_SIZE")).problems()).isEmpty();
  }

  @Test
  void withoutAFileTheTablesAreAllOn() {
    McFile mc = McFile.missing();
    for (String feature :
        List.of("access_db", "blocklist_recipients", "virtusertable", "use_cw_file")) {
      assertThat(mc.hasFeature(feature)).as(feature).isTrue();
    }
    assertThat(mc.featureArguments("access_db")).contains("skip");
  }

  private static McFile parse(String text, Set<String> applied) {
    return McFile.parse("sendmail.mc", text, applied);
  }
}

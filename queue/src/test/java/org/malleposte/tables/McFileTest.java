package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
            Map.of("confMAX_MESSAGE_SIZE", "", "confCACERT", "", "DAEMON_OPTIONS", ""));

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
            Map.of());

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
    assertThat(parse(text, Map.of()).problems()).hasSize(1);
    McFile obeyed = parse(text, Map.of("confMAX_MESSAGE_SIZE", "sets the size"));
    assertThat(obeyed.problems()).isEmpty();
    assertThat(obeyed.directives().getFirst().meaning())
        .isEqualTo(new Meaning.Taken("sets the size"));
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

  private static McFile parse(String text, Map<String, String> applied) {
    return McFile.parse("sendmail.mc", text, applied);
  }

  @Test
  void settingsHaveTheLineThatCounts() {
    McFile mc =
        parse(
            """
            define(`confMAX_HOP', `10')

            define(`confMAX_HOP', `20')
            """,
            Map.of());
    assertThat(mc.setting("confMAX_HOP")).contains("20");
    assertThat(mc.definition("confMAX_HOP").orElseThrow().line()).isEqualTo(3);
    assertThat(mc.definition("confMAX_FUN")).isEmpty();
  }

  @Test
  void valuesDecideWhatHasAnEffect() {
    assertThat(warnings("define(`confTO_IDENT', `0s')")).isEmpty();
    assertThat(warnings("define(`confTO_IDENT', `5s')")).hasSize(1);
    assertThat(warnings("define(`confAUTH_OPTIONS', `A p y')")).isEmpty();
    assertThat(warnings("define(`confAUTH_OPTIONS', `A d')")).hasSize(1);
    assertThat(warnings("include(`/usr/share/sendmail/cf/m4/cf.m4')")).isEmpty();
    assertThat(warnings("include(`/etc/mail/tls/starttls.m4')")).hasSize(1);
    assertThat(warnings("FEATURE(`access_db', `LDAP')")).hasSize(1);
    assertThat(warnings("DOMAIN(`debian-mta')")).hasSize(1);
  }

  private static List<TableProblem> warnings(String line) {
    return parse(line + "dnl\n", Map.of()).problems();
  }

  @TempDir Path directory;

  /** As Debian's file does; comments are in any encoding. */
  @Test
  void whatItIncludesIsRead() throws IOException {
    Files.createDirectories(directory.resolve("m4"));
    Files.writeString(directory.resolve("m4/provider.m4"), "define(`SMART_HOST', `isp.example')\n");
    Files.write(
        directory.resolve("sendmail.mc"),
        """
        dnl \u00e9t\u00e9
        include(`/etc/mail/m4/provider.m4')dnl
        sinclude(`/etc/mail/m4/nothere.m4')dnl
        include(`/etc/mail/m4/nothere.m4')dnl
        define(`confMAX_HOP', `20')dnl
        """
            .getBytes(StandardCharsets.ISO_8859_1));
    McFile mc = McFile.load(directory, Map.of("SMART_HOST", "", "confMAX_HOP", ""));

    assertThat(mc.setting("SMART_HOST")).contains("isp.example");
    assertThat(mc.definition("SMART_HOST").orElseThrow().line()).isEqualTo(2);
    assertThat(mc.definition("confMAX_HOP").orElseThrow().line()).isEqualTo(5);
    assertThat(mc.problems())
        .extracting(p -> p.line() + " " + p.what())
        .containsExactly("4 /etc/mail/m4/nothere.m4 does not exist, here or in mail.tables");
  }

  @Test
  void aFileThatIncludesItselfIsAMistake() throws IOException {
    Files.writeString(directory.resolve("a.m4"), "include(`/etc/mail/a.m4')\n");
    Files.writeString(directory.resolve("sendmail.mc"), "include(`/etc/mail/a.m4')\n");

    assertThat(McFile.load(directory, Map.of()).problems()).anyMatch(TableProblem::isError);
  }
}

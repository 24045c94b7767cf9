package org.malleposte.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.malleposte.tables.DaemonOptions.Family;
import org.malleposte.tables.DaemonOptions.Modifier;
import org.malleposte.tables.MailFilter.Failure;
import org.malleposte.tables.MailFilter.Socket;

class McModelTest {
  @Test
  void daemonsAreWhatSendmailWouldOpen() {
    McFile mc =
        parse(
            """
            DAEMON_OPTIONS(`Family=inet, Name=MTA-v4, Port=smtp, Addr=127.0.0.1')dnl
            DAEMON_OPTIONS(`Name=MTA-v6, Addr=IPv6:::1, M=SE')dnl
            DAEMON_OPTIONS(`P=465, M=sa, Name=TLSMTA')dnl
            FEATURE(`no_default_msa')dnl
            """);

    assertThat(mc.model().daemons())
        .containsExactly(
            new DaemonOptions(1, "MTA-v4", Optional.of("127.0.0.1"), 25, Family.INET, Set.of()),
            new DaemonOptions(
                2,
                "MTA-v6",
                Optional.of("::1"),
                25,
                Family.INET6,
                Set.of(Modifier.NO_STARTTLS, Modifier.NO_ETRN)),
            new DaemonOptions(
                3,
                "TLSMTA",
                Optional.empty(),
                465,
                Family.INET,
                Set.of(Modifier.IMPLICIT_TLS, Modifier.REQUIRE_AUTH)));
    assertThat(mc.model().daemons().getLast().listenAddress()).isEqualTo("0.0.0.0");
  }

  /** Without FEATURE(no_default_msa) sendmail opens port 587 too. */
  @Test
  void submissionComesByItself() {
    assertThat(parse("DAEMON_OPTIONS(`Port=2525')\n").model().daemons())
        .extracting(DaemonOptions::port)
        .containsExactly(2525, 587);
    assertThat(parse("").model().daemons()).isEmpty();
  }

  @Test
  void whatADaemonCannotHaveIsSaid() {
    assertThat(
            parse("DAEMON_OPTIONS(`Port=smpt, Family=local, M=bhcOurfX, children=3, x')\n")
                .problems())
        .extracting(TableProblem::what)
        .contains(
            "unknown port smpt",
            "Family=local is not served",
            "unknown letter X in Modify=",
            "children of DAEMON_OPTIONS has no effect",
            "not understood in DAEMON_OPTIONS: x",
            "Modify=b has no effect: the system chooses the address that mail leaves from",
            "Modify=O has no effect: each port must open",
            "Modify=u has no effect: an address without a domain is refused");
  }

  @Test
  void miltersAreKeptInTheirOrder() {
    McFile mc =
        parse(
            """
            INPUT_MAIL_FILTER(`dkim', `S=inet:8891@localhost')dnl
            INPUT_MAIL_FILTER(`clamav', `S=local:/run/clamav.ctl, F=T, T=S:4m;R:4m;E:10m')dnl
            MAIL_FILTER(`unused', `S=inet6:1@::1, F=R')dnl
            """);
    assertThat(mc.model().filters())
        .containsExactly(
            new MailFilter(1, "dkim", new Socket.Inet("localhost", 8891), Failure.PASS, Map.of()),
            new MailFilter(
                2,
                "clamav",
                new Socket.Local("/run/clamav.ctl"),
                Failure.TEMPFAIL,
                Map.of('S', "4m", 'R', "4m", 'E', "10m")));
    assertThat(mc.problems()).allMatch(p -> p.what().contains("no milter is asked yet"));

    McFile ordered =
        parse(
            """
            MAIL_FILTER(`a', `S=inet:1@h')
            MAIL_FILTER(`b', `S=inet:2@h')
            define(`confINPUT_MAIL_FILTERS', `b, a')
            """);
    assertThat(ordered.model().filters()).extracting(MailFilter::name).containsExactly("b", "a");
    assertThat(parse("INPUT_MAIL_FILTER(`x', `F=T')\n").problems())
        .anyMatch(p -> p.isError() && p.what().equals("a milter without a name or S="));
  }

  @Test
  void blocklistsAreKeptWithTheirTexts() {
    McFile mc =
        parse(
            """
            FEATURE(`dnsbl', `bl.example')
            FEATURE(`dnsbl', `q.example', `quarantine')
            FEATURE(`enhdnsbl', `zen.example', `"550 see zen.example"', `t', `127.0.0.2.', `127.0.0.3.')
            """);
    assertThat(mc.model().blocklists())
        .containsExactly(
            new DnsBlocklist(
                1,
                "bl.example",
                DnsBlocklist.Action.REFUSE,
                Optional.empty(),
                Optional.empty(),
                List.of()),
            new DnsBlocklist(
                2,
                "q.example",
                DnsBlocklist.Action.QUARANTINE,
                Optional.empty(),
                Optional.empty(),
                List.of()),
            new DnsBlocklist(
                3,
                "zen.example",
                DnsBlocklist.Action.REFUSE,
                Optional.of("550 see zen.example"),
                Optional.of("451 Temporary lookup failure of $&{client_addr} at zen.example"),
                List.of("127.0.0.2.", "127.0.0.3.")));
  }

  @Test
  void privacyFlagsAreWords() {
    assertThat(parse("define(`confPRIVACY_FLAGS', `authwarnings,novrfy, noexpn')\n").model())
        .extracting(m -> m.privacy().orElseThrow())
        .isEqualTo(Set.of(PrivacyFlag.AUTHWARNINGS, PrivacyFlag.NOVRFY, PrivacyFlag.NOEXPN));
    assertThat(parse("define(`confPRIVACY_FLAGS', `goaway')\n").model().privacy().orElseThrow())
        .contains(PrivacyFlag.NOVRFY, PrivacyFlag.NOEXPN, PrivacyFlag.NEEDMAILHELO)
        .doesNotContain(PrivacyFlag.NOETRN, PrivacyFlag.RESTRICTMAILQ);
    assertThat(parse("define(`confPRIVACY_FLAGS', `goaway,nobodyreturn')\n").problems())
        .anyMatch(
            p -> p.what().equals("confPRIVACY_FLAGS: no effect has noreceipts, nobodyreturn"));
    assertThat(parse("define(`confPRIVACY_FLAGS', `needvrfyhelo')\n").problems())
        .anyMatch(p -> p.what().equals("confPRIVACY_FLAGS: no effect has needvrfyhelo"));
    assertThat(parse("define(`confPRIVACY_FLAGS', `goawy')\n").problems())
        .anyMatch(p -> p.what().equals("unknown word goawy in confPRIVACY_FLAGS"));
  }

  @Test
  void onlyTrustedMechanismsLetRelay() {
    AuthPolicy policy =
        AuthPolicy.of(
            parse(
                """
                TRUST_AUTH_MECH(`EXTERNAL DIGEST-MD5')
                TRUST_AUTH_MECH(`plain')
                define(`confAUTH_MECHANISMS', `EXTERNAL GSSAPI, PLAIN')
                define(`confAUTH_OPTIONS', `A p y')
                """));
    assertThat(policy.trusts("PLAIN")).isTrue();
    assertThat(policy.trusts("digest-md5")).isTrue();
    assertThat(policy.trusts("LOGIN")).isFalse();
    assertThat(policy.mechanisms()).contains(List.of("EXTERNAL", "GSSAPI", "PLAIN"));
    assertThat(policy.refusesPlaintext()).isTrue();
    assertThat(AuthPolicy.DEFAULT.trusts("LOGIN")).isTrue();
  }

  private static McFile parse(String text) {
    return McFile.parse("sendmail.mc", text, Map.of("DAEMON_OPTIONS", "sets smtp"));
  }
}

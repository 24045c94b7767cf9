package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.malleposte.mail.AccountName;

class ImapGateTest {
  private final ImapGate gate =
      new ImapGate(
          ImapSettings.of(List.of(), "mx.test", Path.of("uploads")).withSessions(100, 100, 2));

  @Test
  void anAddressHasItsLimit() {
    assertThat(gate.enterFrom("192.0.2.1")).isTrue();
    assertThat(gate.enterFrom("192.0.2.1")).isTrue();
    assertThat(gate.enterFrom("192.0.2.1")).isFalse();
    assertThat(gate.enterFrom("192.0.2.2")).isTrue();
    gate.leaveFrom("192.0.2.1");
    assertThat(gate.enterFrom("192.0.2.1")).isTrue();
  }

  @Test
  void theAddressesOfOneIpv6HostAreOne() {
    assertThat(gate.enterFrom("2001:db8::1")).isTrue();
    assertThat(gate.enterFrom("2001:db8::2")).isTrue();
    assertThat(gate.enterFrom("2001:db8::3")).isFalse();
    assertThat(gate.enterFrom("2001:db8:0:1::1")).isTrue();
  }

  @Test
  void behindLoopbackIsAWebmailWithAllItsUsers() {
    for (int i = 0; i < 50; i++) {
      assertThat(gate.enterFrom("127.0.0.1")).isTrue();
    }
  }

  /** Dovecot's mail_max_userip_connections. */
  @Test
  void aUserHasALimitAtEachAddress() {
    var few =
        new ImapGate(
            ImapSettings.of(List.of(), "mx.test", Path.of("uploads")).withSessionsPerUserMax(1));
    var alice = new AccountName("alice");
    assertThat(few.enterAs(alice, "192.0.2.1")).isTrue();
    assertThat(few.enterAs(alice, "192.0.2.1")).isFalse();
    assertThat(few.enterAs(alice, "192.0.2.2")).isTrue();
    few.leaveAs(alice, "192.0.2.1");
    assertThat(few.enterAs(alice, "192.0.2.1")).isTrue();
  }
}

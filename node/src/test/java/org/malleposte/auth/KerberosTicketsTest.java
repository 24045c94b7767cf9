package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KerberosTicketsTest {
  @Test
  void onlyUsersOfOurRealmAreOurs() {
    assertThat(KerberosTickets.logins("alice@EXAMPLE.ORG", "EXAMPLE.ORG"))
        .containsExactly("alice", "alice@example.org");
    assertThat(KerberosTickets.logins("alice@OTHER.EXAMPLE", "EXAMPLE.ORG")).isEmpty();
    assertThat(KerberosTickets.logins("alice", "EXAMPLE.ORG")).isEmpty();
    assertThat(KerberosTickets.logins("@EXAMPLE.ORG", "EXAMPLE.ORG")).isEmpty();
  }
}

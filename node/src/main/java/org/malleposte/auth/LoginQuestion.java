package org.malleposte.auth;

import java.util.List;
import java.util.Optional;

/**
 * What a login asks of the accounts. Logins are as the client wrote them: {@code alice@example.org}
 * and {@code alice} may be one account. None prints what is secret.
 */
public sealed interface LoginQuestion {
  /** Does the password fit? Answered by {@link LoginAnswer.Ended}. */
  record Password(String login, String password) implements LoginQuestion {
    @Override
    public String toString() {
      return "Password[" + login + "]";
    }
  }

  /**
   * What SCRAM says before it knows who is there. Answered by {@link LoginAnswer.Salted}, or by
   * {@link LoginAnswer.Ended} when the accounts cannot be read.
   */
  record Salt(String login, ScramHash hash) implements LoginQuestion {}

  /**
   * Did the client know the password from which it computed this? Answered by {@link
   * LoginAnswer.Ended}, with the server's proof.
   */
  record Proof(String login, PasswordProof proof) implements LoginQuestion {
    @Override
    public String toString() {
      return "Proof[" + login + "]";
    }
  }

  /**
   * Which account is it that a certificate or a ticket, checked already, speaks of? Answered by
   * {@link LoginAnswer.Ended}.
   *
   * @param logins by which its holder may be known here, the best first; empty: by none
   * @param actAs as whom it wants to log in; empty: as the first that exists
   */
  record Holder(List<String> logins, Optional<String> actAs) implements LoginQuestion {
    public Holder {
      logins = List.copyOf(logins);
    }
  }

  /**
   * What does Kerberos say to this token of the client? Answered by {@link LoginAnswer.Negotiated}
   * until it has named somebody, then as {@link Holder}.
   */
  record Ticket(TicketConversation conversation, byte[] token) implements LoginQuestion {
    @Override
    public String toString() {
      return "Ticket[]";
    }
  }

  /**
   * Is the bearer token good (RFC 7628)? Answered by {@link LoginAnswer.Ended}.
   *
   * @param actAs as whom its bearer wants to log in; empty: as whom it names
   */
  record Token(String token, Optional<String> actAs) implements LoginQuestion {
    @Override
    public String toString() {
      return "Token[" + actAs.orElse("") + "]";
    }
  }
}

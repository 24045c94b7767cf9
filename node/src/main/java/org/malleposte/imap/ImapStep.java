package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.malleposte.auth.LoginAnswer;
import org.malleposte.auth.LoginQuestion;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;

/**
 * What the connection does for the session, in order. Steps that come out of an answer ({@code
 * then}) are done before those that already wait.
 */
sealed interface ImapStep {
  /** Bytes to the client. */
  record Send(byte[] bytes) implements ImapStep {
    /**
     * @param text one character a byte
     */
    static Send text(String text) {
      return new Send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A line without its break. */
    static Send line(String line) {
      return text(line + "\r\n");
    }
  }

  /** Asks for more steps only when the earlier ones are done. */
  record Then(Supplier<List<ImapStep>> next) implements ImapStep {}

  /** A read of the store, on a thread that may block. */
  record Read<T>(Function<MailboxStore, T> read, Function<T, List<ImapStep>> then)
      implements ImapStep {}

  /** A write to the store. */
  record Write<T>(
      Function<MailboxStore, CompletableFuture<StoreAnswer<T>>> write,
      Function<StoreAnswer<T>, List<ImapStep>> then)
      implements ImapStep {}

  /** Output that is made piece by piece as fast as the client takes it. */
  record Stream(Output output, Supplier<List<ImapStep>> then) implements ImapStep {}

  /** Puts a login's question to the accounts. */
  record AskLogin(LoginQuestion question, Function<LoginAnswer, List<ImapStep>> then)
      implements ImapStep {}

  /** Counts a session of this account; answers whether there may be one more. */
  record Admit(AccountName account, Function<Boolean, List<ImapStep>> then) implements ImapStep {}

  /** The session is of no account any more, and must log in again in time. */
  record Leave() implements ImapStep {}

  /** Changes of this mailbox go to the session from now on; ends an earlier watch. */
  record Watch(AccountName account, long mailboxId) implements ImapStep {}

  record Unwatch() implements ImapStep {}

  /**
   * Sends {@code reply}, then encrypts; the two are one step, or the client's handshake could be
   * read as a command. Nothing that came in clear may be taken as one either.
   */
  record StartTls(Send reply) implements ImapStep {}

  /** Sends {@code reply}; from then on all is compressed, in both directions. */
  record Compress(Send reply) implements ImapStep {}

  /** Sends what waits, then closes. */
  record Close() implements ImapStep {}

  /** Something worth counting. */
  record Count(Consumer<ImapMetrics> what) implements ImapStep {}
}

package org.malleposte.mailbox;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;

/**
 * The mailboxes of all accounts, the same on every node.
 *
 * <p><b>Writes</b> never block; they go to the leader of the account's shard and end when a
 * majority has them and this node has applied them. Their futures fail only by a bug. Every write
 * that is not by nature repeatable carries a {@link QueueId}; the store remembers (account, id) for
 * 30 days and answers a repeat with the first answer.
 *
 * <p><b>Reads</b> are of this node's replica; they block on disk: call them on a {@code
 * BlockingLane}. They throw {@link java.io.UncheckedIOException} when the disk fails. An account
 * needs no creation here: its INBOX exists from its first use. Whether a login exists is the
 * directory's matter.
 */
public interface MailboxStore {
  /**
   * One delivery or IMAP APPEND.
   *
   * @param id what makes it repeatable
   * @param mailbox INBOX for deliveries; another one must exist
   * @param internalDate to the second
   * @param body stays the caller's, who keeps it open until the future ends
   * @param uid that it shall get, for a mailbox that comes from elsewhere: not below UIDNEXT;
   *     empty: the next
   */
  record Append(
      QueueId id,
      AccountName account,
      MailboxName mailbox,
      Flags flags,
      Instant internalDate,
      MessageBody body,
      OptionalLong uid) {
    public Append(
        QueueId id,
        AccountName account,
        MailboxName mailbox,
        Flags flags,
        Instant internalDate,
        MessageBody body) {
      this(id, account, mailbox, flags, internalDate, body, OptionalLong.empty());
    }
  }

  /** Where an append ended up; {@code repeated} when the id had been appended before. */
  record Appended(long mailboxId, long uidValidity, long uid, boolean repeated) {}

  /** How STORE changes flags. */
  enum FlagChange {
    SET,
    ADD,
    REMOVE
  }

  /**
   * @param changed the messages with their new flags and MODSEQ
   * @param failed those that {@code unchangedSince} kept from being changed (RFC 7162 §3.1.3)
   */
  record FlagsStored(List<Message> changed, UidSet failed) {}

  /** Source and target UIDs in the same order (RFC 4315 COPYUID). */
  record Copied(long uidValidity, List<Long> sourceUids, List<Long> targetUids) {}

  CompletableFuture<StoreAnswer<Appended>> append(Append append);

  /**
   * Copies within an account; bodies are shared, not copied. UIDs without a message are skipped.
   */
  CompletableFuture<StoreAnswer<Copied>> copy(
      QueueId id, AccountName account, long mailboxId, UidSet uids, MailboxName target);

  /** As copy and expunge in one (RFC 6851). */
  CompletableFuture<StoreAnswer<Copied>> move(
      QueueId id, AccountName account, long mailboxId, UidSet uids, MailboxName target);

  CompletableFuture<StoreAnswer<FlagsStored>> storeFlags(
      AccountName account,
      long mailboxId,
      UidSet uids,
      FlagChange how,
      Flags flags,
      OptionalLong unchangedSince);

  /**
   * Removes those of {@code uids} that exist and, if {@code onlyDeleted}, have {@code \Deleted}.
   */
  CompletableFuture<StoreAnswer<UidSet>> expunge(
      AccountName account, long mailboxId, UidSet uids, boolean onlyDeleted);

  /** Also creates the levels above it that are missing (RFC 9051 §6.3.4). */
  default CompletableFuture<StoreAnswer<MailboxInfo>> create(
      AccountName account, MailboxName name) {
    return create(account, name, "");
  }

  /**
   * As above.
   *
   * @param use such as {@code \Sent}, or empty; a use that another mailbox has is {@code CONFLICT}
   */
  CompletableFuture<StoreAnswer<MailboxInfo>> create(
      AccountName account, MailboxName name, String use);

  /**
   * Gives an empty mailbox that never had a message the UIDVALIDITY that it had elsewhere; with
   * {@link Append#uid} its messages then keep their UIDs. Another mailbox is {@code CONFLICT}.
   */
  CompletableFuture<StoreAnswer<Void>> renumber(
      AccountName account, MailboxName name, long uidValidity);

  /** Deletes the mailbox and its messages; those below it stay. */
  CompletableFuture<StoreAnswer<Void>> delete(AccountName account, MailboxName name);

  /** Renames it and all below it; for INBOX moves its messages instead (RFC 9051 §6.3.6). */
  CompletableFuture<StoreAnswer<Void>> rename(
      AccountName account, MailboxName from, MailboxName to);

  CompletableFuture<StoreAnswer<Void>> subscribe(
      AccountName account, MailboxName name, boolean subscribed);

  /**
   * A session selects the mailbox read-write: messages from {@code recentFrom} on become this
   * session's recent ones, and no other's.
   *
   * @return the first UID that is recent for this session
   */
  CompletableFuture<StoreAnswer<Long>> claimRecent(AccountName account, long mailboxId);

  /**
   * Brings messages back that were expunged, each into the mailbox of the name from which it went,
   * or into INBOX, with a new UID and without {@code \Deleted}.
   *
   * @param since from when on they were expunged
   * @return how many
   */
  CompletableFuture<StoreAnswer<Integer>> undelete(QueueId id, AccountName account, Instant since);

  /**
   * Keeps something of an account that is no message: a Sieve script, an annotation. Limits: {@link
   * #MAX_PROPERTY_KEY_BYTES}, {@link #MAX_PROPERTY_BYTES}, {@link #MAX_PROPERTIES}, {@link
   * #MAX_PROPERTIES_BYTES}; beyond these {@code OVER_QUOTA} or {@code NOT_PERMITTED}.
   *
   * @param value empty: none any more
   */
  CompletableFuture<StoreAnswer<Void>> setProperty(
      AccountName account, String key, Optional<byte[]> value);

  /** UTF-8 bytes of a property's key. */
  int MAX_PROPERTY_KEY_BYTES = 1024;

  /** Bytes of one property's value. */
  int MAX_PROPERTY_BYTES = 64 << 10;

  /** Properties of an account. */
  int MAX_PROPERTIES = 1000;

  /** Bytes of all properties of an account, keys included. */
  int MAX_PROPERTIES_BYTES = 1 << 20;

  Optional<byte[]> property(AccountName account, String key);

  /** By key, ascending. */
  SortedMap<String, byte[]> properties(AccountName account, String prefix);

  /** All mailboxes of the account by name; always at least INBOX. */
  List<MailboxInfo> list(AccountName account);

  /** Names that LSUB shows though no such mailbox exists are included. */
  List<MailboxName> subscriptions(AccountName account);

  Optional<MailboxInfo> find(AccountName account, MailboxName name);

  Optional<MailboxInfo> find(AccountName account, long mailboxId);

  /** UIDs in ascending order. */
  long[] uids(AccountName account, long mailboxId);

  /** Those of {@code uids} that exist, ascending, handed over one by one. */
  void messages(AccountName account, long mailboxId, UidSet uids, Consumer<Message> consumer);

  /** Messages changed after {@code modSeq}, ascending by UID (RFC 7162 CHANGEDSINCE). */
  void changedSince(
      AccountName account, long mailboxId, UidSet uids, long modSeq, Consumer<Message> consumer);

  /** What has been expunged after {@code modSeq} (RFC 7162 §3.2.10). */
  Vanished vanished(AccountName account, long mailboxId, long modSeq);

  /**
   * What {@link StorePolicy#index} made of the message when it came; empty for one that came before
   * there was an index.
   */
  Optional<byte[]> index(AccountName account, String blob);

  /**
   * The bytes of a message.
   *
   * @throws IOException also when the message has been expunged in the meantime
   */
  InputStream openBody(AccountName account, String blob) throws IOException;

  /**
   * Calls {@code listener} with each change of the account's mailboxes as it is applied here, in
   * order, on the shard's thread: it must not block.
   *
   * @return closes the watch
   */
  AutoCloseable watch(AccountName account, Consumer<MailboxChange> listener);

  /** Whether the account's shard has a leader with a majority, as far as this node knows. */
  boolean isWritable(AccountName account);
}

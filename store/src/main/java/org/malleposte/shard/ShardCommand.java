package org.malleposte.shard;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.MailboxStore.FlagChange;
import org.malleposte.mailbox.Quota;
import org.malleposte.mailbox.StorePolicy;
import org.malleposte.mailbox.UidSet;

/**
 * One change of a group's state, as it travels in the log. Applied alike on every node; see {@link
 * ShardAnswer} for what it answers. {@link EntryCodec} writes it.
 *
 * <p>A command over many messages does a bounded part of its work, and its answer says from which
 * UID to go on, so that no entry holds up a shard for long.
 */
public sealed interface ShardCommand {
  /** Messages that one command changes at most. */
  int MAX_MESSAGES = 2_000;

  /** Ranges of UIDs that one command names at most. */
  int MAX_UID_RANGES = 10_000;

  /** Pieces in which a body over {@link MessageBody#INLINE_MAX_BYTES} travels. */
  int CHUNK_BYTES = MessageBody.INLINE_MAX_BYTES;

  /** Pieces a body has at most: a gibibyte. */
  int MAX_CHUNKS = 4096;

  /** UIDs have 32 bits and are never used again. */
  long MAX_UID = 0xffff_fffeL;

  /** How long an expunged message may be kept: ten years. */
  long MAX_KEEP_SECONDS = 10L * 366 * 24 * 3600;

  /** Characters of a directory key. */
  int MAX_KEY_CHARACTERS = 512;

  /** UTF-8 bytes of all keywords of a message together, so that answers stay small. */
  int MAX_KEYWORD_BYTES = 1024;

  /** The body of an {@link Append}. */
  sealed interface Body {
    /** Up to {@link MessageBody#INLINE_MAX_BYTES} in the command itself. */
    record Inline(byte[] bytes) implements Body {
      public Inline {
        if (bytes.length > MessageBody.INLINE_MAX_BYTES) {
          throw new IllegalArgumentException("body too large to travel in one piece");
        }
      }
    }

    /** What {@link BodyChunk}s have brought under that id. */
    record Uploaded(QueueId upload, long sizeBytes) implements Body {
      public Uploaded {
        if (sizeBytes <= MessageBody.INLINE_MAX_BYTES || chunks(sizeBytes) > MAX_CHUNKS) {
          throw new IllegalArgumentException("not the size of an uploaded body: " + sizeBytes);
        }
      }
    }

    /** In how many chunks a body travels: the last is shorter than the others, or empty. */
    static long chunks(long sizeBytes) {
      return sizeBytes / CHUNK_BYTES + 1;
    }
  }

  /**
   * A new message.
   *
   * @param id (account, id) is remembered: a repeat changes nothing and gets the first answer
   * @param more what format 1.0 did not know
   */
  record Append(
      QueueId id,
      AccountName account,
      MailboxName mailbox,
      Flags flags,
      long dateSeconds,
      Body body,
      More more)
      implements ShardCommand {
    /**
     * What belongs to a message beside the mail.
     *
     * @param uid that it shall get, 0 for the next
     * @param quota in force for this message
     * @param index see {@link org.malleposte.mailbox.MailboxStore#index}; may be empty
     */
    public record More(long uid, Quota quota, byte[] index) {
      public static final More NOTHING = new More(0, Quota.NONE, new byte[0]);

      public More {
        if (uid < 0 || uid > MAX_UID || index.length > StorePolicy.MAX_INDEX_BYTES) {
          throw new IllegalArgumentException("not a UID or an index too large");
        }
      }
    }

    public Append {
      requireFlags(flags);
      Instant.ofEpochSecond(dateSeconds);
    }

    /** With the next UID, no index and no limit. */
    Append(
        QueueId id,
        AccountName account,
        MailboxName mailbox,
        Flags flags,
        long dateSeconds,
        Body body) {
      this(id, account, mailbox, flags, dateSeconds, body, More.NOTHING);
    }
  }

  /**
   * A piece of a large body, before the append that names it. All but the last have {@link
   * #CHUNK_BYTES}; the last has fewer, or none. What no append names within a day of log time is
   * deleted.
   *
   * @param upload made for this one attempt, never used again
   * @param number from 0
   */
  record BodyChunk(AccountName account, QueueId upload, int number, byte[] bytes)
      implements ShardCommand {
    public BodyChunk {
      if (number < 0 || number >= MAX_CHUNKS || bytes.length > CHUNK_BYTES) {
        throw new IllegalArgumentException("not a chunk of a body");
      }
    }
  }

  /** Changes flags; messages changed after {@code unchangedSince} are left as they are. */
  record StoreFlags(
      AccountName account,
      long mailboxId,
      UidSet uids,
      FlagChange how,
      Flags flags,
      OptionalLong unchangedSince)
      implements ShardCommand {
    public StoreFlags {
      requireUids(uids);
      requireFlags(flags);
    }
  }

  /**
   * @param keepSeconds how long the messages can be brought back
   */
  record Expunge(
      AccountName account, long mailboxId, UidSet uids, boolean onlyDeleted, long keepSeconds)
      implements ShardCommand {
    public Expunge {
      requireUids(uids);
      requireKeep(keepSeconds);
    }

    /** For good. */
    Expunge(AccountName account, long mailboxId, UidSet uids, boolean onlyDeleted) {
      this(account, mailboxId, uids, onlyDeleted, 0);
    }
  }

  /**
   * Copies messages, or moves them.
   *
   * @param id (account, id, part) is remembered
   * @param part from 0: which part of a work that took several commands
   * @param quota in force for copies
   */
  record Transfer(
      QueueId id,
      int part,
      Kind kind,
      AccountName account,
      long mailboxId,
      UidSet uids,
      MailboxName target,
      Quota quota)
      implements ShardCommand {
    /** Whether the source keeps the messages. */
    public enum Kind {
      COPY,
      MOVE
    }

    /** Without a limit. */
    Transfer(
        QueueId id,
        int part,
        Kind kind,
        AccountName account,
        long mailboxId,
        UidSet uids,
        MailboxName target) {
      this(id, part, kind, account, mailboxId, uids, target, Quota.NONE);
    }

    public Transfer {
      requireUids(uids);
      if (part < 0) {
        throw new IllegalArgumentException("not a part: " + part);
      }
    }
  }

  /**
   * @param use a special use, or empty
   */
  record Create(AccountName account, MailboxName name, String use) implements ShardCommand {
    public Create {
      if (use.getBytes(StandardCharsets.UTF_8).length > MailboxRecord.MAX_USE_BYTES) {
        throw new IllegalArgumentException("not a special use: " + use);
      }
    }

    /** Of no special use. */
    Create(AccountName account, MailboxName name) {
      this(account, name, "");
    }
  }

  /**
   * @param keepSeconds how long its messages can be brought back
   */
  record Delete(AccountName account, MailboxName name, long keepSeconds) implements ShardCommand {
    public Delete {
      requireKeep(keepSeconds);
    }

    /** For good. */
    Delete(AccountName account, MailboxName name) {
      this(account, name, 0);
    }
  }

  /** Gives a mailbox that never had a message another UIDVALIDITY. */
  record Renumber(AccountName account, MailboxName name, long uidValidity) implements ShardCommand {
    public Renumber {
      if (uidValidity < 1 || uidValidity > OpenAccount.MAX_UIDVALIDITY) {
        throw new IllegalArgumentException("not a UIDVALIDITY: " + uidValidity);
      }
    }
  }

  /** Brings back what was expunged at that log time or later, a bounded number at once. */
  record Undelete(QueueId id, int part, AccountName account, long sinceMillis)
      implements ShardCommand {
    public Undelete {
      if (part < 0 || sinceMillis < 0) {
        throw new IllegalArgumentException("not a time to undelete from: " + sinceMillis);
      }
    }
  }

  /**
   * @param value empty array and {@code remove}: the property goes
   */
  record SetProperty(AccountName account, String key, boolean remove, byte[] value)
      implements ShardCommand {
    public SetProperty {
      if (key.isEmpty()
          || key.getBytes(StandardCharsets.UTF_8).length > MailboxStore.MAX_PROPERTY_KEY_BYTES
          || value.length > MailboxStore.MAX_PROPERTY_BYTES) {
        throw new IllegalArgumentException("key or value of a property too long");
      }
    }
  }

  record Rename(AccountName account, MailboxName from, MailboxName to) implements ShardCommand {}

  record Subscribe(AccountName account, MailboxName name, boolean subscribed)
      implements ShardCommand {}

  record ClaimRecent(AccountName account, long mailboxId) implements ShardCommand {}

  /** Writes a key of the directory, if it has the expected version (0: if it does not exist). */
  record DirectoryPut(String key, byte[] value, OptionalLong expectedVersion)
      implements ShardCommand {
    public DirectoryPut {
      requireKey(key);
      if (value.length > Directory.MAX_VALUE_BYTES) {
        throw new IllegalArgumentException("value over " + Directory.MAX_VALUE_BYTES + " bytes");
      }
    }
  }

  record DirectoryDelete(String key) implements ShardCommand {
    public DirectoryDelete {
      requireKey(key);
    }
  }

  /**
   * What one log entry holds.
   *
   * @param session names the proposing committer, {@link #SESSION_BYTES} of chance
   * @param sequence counts the entries of the session: the state recognises a repeated proposal
   * @param timeMillis the proposer's UTC clock; the log's time never goes back
   */
  record Entry(byte[] session, long sequence, long timeMillis, List<ShardCommand> commands) {
    public static final int SESSION_BYTES = 16;

    /**
     * An entry may repeat only while fewer than this many later ones of its session have been
     * proposed.
     */
    public static final int WINDOW = 16;

    public static final int MAX_COMMANDS = 1_000;

    public Entry {
      commands = List.copyOf(commands);
      Objects.requireNonNull(session);
      if (session.length != SESSION_BYTES || sequence < 0 || timeMillis < 0) {
        throw new IllegalArgumentException("not an entry");
      }
    }
  }

  private static void requireUids(UidSet uids) {
    if (uids.ranges().size() > MAX_UID_RANGES) {
      throw new IllegalArgumentException("over " + MAX_UID_RANGES + " ranges of UIDs");
    }
  }

  private static void requireKeep(long seconds) {
    if (seconds < 0 || seconds > MAX_KEEP_SECONDS) {
      throw new IllegalArgumentException("kept too long: " + seconds + " s");
    }
  }

  private static void requireKey(String key) {
    if (key.isEmpty() || key.length() > MAX_KEY_CHARACTERS) {
      throw new IllegalArgumentException("not a key of the directory: " + key);
    }
  }

  private static void requireFlags(Flags flags) {
    if (!permits(flags)) {
      throw new IllegalArgumentException("too many or too long keywords");
    }
  }

  /** Whether a message may have these flags. */
  static boolean permits(Flags flags) {
    long keywords = 0;
    long bytes = 0;
    for (String name : flags.names()) {
      if (!Flags.isSystem(name)) {
        keywords++;
        bytes += name.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return keywords <= Flags.MAX_KEYWORDS && bytes <= MAX_KEYWORD_BYTES;
  }
}

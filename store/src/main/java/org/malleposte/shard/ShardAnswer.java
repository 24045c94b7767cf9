package org.malleposte.shard;

import java.util.List;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.Message;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.mailbox.UidSet;

/**
 * What the state answers to one {@link ShardCommand}; the same on every node. {@code resumeFrom} is
 * the UID from which the work goes on in a further command, 0 when it is complete.
 */
public sealed interface ShardAnswer {
  /** Bytes of the messages and UIDs in one answer, about; more are left to the next command. */
  int MAX_BYTES = 128 * 1024;

  /** Bytes of a message in an answer, at most: its numbers, its body's name and its keywords. */
  int MAX_MESSAGE_BYTES = 128 + ShardCommand.MAX_KEYWORD_BYTES + 3 * Flags.MAX_KEYWORDS;

  /** Nothing was changed. */
  record Refused(Refusal why) implements ShardAnswer {}

  /** Done, with nothing to say. */
  record Accepted() implements ShardAnswer {}

  record Appended(long mailboxId, long uidValidity, long uid, boolean repeated)
      implements ShardAnswer {}

  /** The append names an upload of which chunks are missing: upload again under a new id. */
  record BodyMissing() implements ShardAnswer {}

  record FlagsStored(List<Message> messages, UidSet failed, long resumeFrom)
      implements ShardAnswer {
    public FlagsStored {
      messages = List.copyOf(messages);
    }
  }

  record Expunged(UidSet uids, long resumeFrom) implements ShardAnswer {}

  record Transferred(long uidValidity, List<Long> sources, List<Long> targets, long resumeFrom)
      implements ShardAnswer {
    public Transferred {
      sources = List.copyOf(sources);
      targets = List.copyOf(targets);
    }
  }

  record Mailbox(MailboxInfo info) implements ShardAnswer {}

  /** INBOX was renamed, its messages up to {@code lastUid} are being moved. */
  record InboxEmptied(long lastUid, long resumeFrom) implements ShardAnswer {}

  record RecentFrom(long uid) implements ShardAnswer {}

  record Version(long version) implements ShardAnswer {}

  /**
   * @param more whether others are left, for a further command
   */
  record Restored(int messages, boolean more) implements ShardAnswer {}

  /** The answer to a whole entry. */
  sealed interface OfEntry {
    /** One for each command, in their order. */
    record Answers(List<ShardAnswer> answers) implements OfEntry {
      public Answers {
        answers = List.copyOf(answers);
      }
    }

    /** The bytes are no entry; nothing was changed. */
    record Malformed(String why) implements OfEntry {}

    /** A repeat that came after its session had given it up; nothing was changed. */
    record Outdated() implements OfEntry {}
  }
}

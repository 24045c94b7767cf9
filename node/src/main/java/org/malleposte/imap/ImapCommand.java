package org.malleposte.imap;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a client asks, grouped by the state in which it may (RFC 3501 §6). Mailbox names are
 * decoded, not yet checked.
 */
sealed interface ImapCommand {
  /** In any state. */
  sealed interface InAnyState extends ImapCommand {}

  /** Only before login. */
  sealed interface BeforeLogin extends ImapCommand {}

  /** After login, with or without a mailbox selected. */
  sealed interface AfterLogin extends ImapCommand {}

  /** Only with a mailbox selected. */
  sealed interface InMailbox extends ImapCommand {}

  record Capability() implements InAnyState {}

  record Noop() implements InAnyState {}

  record Logout() implements InAnyState {}

  /** What the client is, as it says; of use in the log only. */
  record Id(List<String> fields) implements InAnyState {
    public Id {
      fields = List.copyOf(fields);
    }
  }

  record StartTls() implements BeforeLogin {}

  record Login(String user, String password) implements BeforeLogin {
    /** Without the password: records end up in logs. */
    @Override
    public String toString() {
      return "Login[user=" + user + "]";
    }
  }

  /** The initial response is base64, or {@code =} for an empty one (RFC 4959). */
  record Authenticate(String mechanism, Optional<String> initialResponse) implements BeforeLogin {
    @Override
    public String toString() {
      return "Authenticate[mechanism=" + mechanism + "]";
    }
  }

  record Enable(List<String> capabilities) implements AfterLogin {
    public Enable {
      capabilities = List.copyOf(capabilities);
    }
  }

  record Namespace() implements AfterLogin {}

  record ListMailboxes(String reference, String pattern) implements AfterLogin {}

  record ListSubscribed(String reference, String pattern) implements AfterLogin {}

  record Create(String mailbox) implements AfterLogin {}

  record Delete(String mailbox) implements AfterLogin {}

  record Rename(String from, String to) implements AfterLogin {}

  record Subscribe(String mailbox) implements AfterLogin {}

  record Unsubscribe(String mailbox) implements AfterLogin {}

  record Status(String mailbox, Set<StatusItem> items) implements AfterLogin {
    public Status {
      items = Set.copyOf(items);
    }
  }

  /**
   * @param condStore the client wants MODSEQ (RFC 7162 §3.1.8)
   */
  record Select(String mailbox, Access access, boolean condStore, Optional<Resync> resync)
      implements AfterLogin {}

  /**
   * @param messages at least one (RFC 3502)
   */
  record Append(String mailbox, List<NewMessage> messages) implements AfterLogin {
    public Append {
      messages = List.copyOf(messages);
    }
  }

  /**
   * @param mechanism in capitals
   */
  record Compress(String mechanism) implements AfterLogin {}

  /** Back to where a connection begins, but for its encryption (RFC 8437). */
  record Unauthenticate() implements AfterLogin {}

  record GetMetadata(String mailbox, List<MetadataEntry> entries, OptionalLong maxSize, Depth depth)
      implements AfterLogin {
    public GetMetadata {
      entries = List.copyOf(entries);
    }
  }

  /**
   * @param values one character a byte; empty: to be deleted
   */
  record SetMetadata(String mailbox, Map<MetadataEntry, Optional<String>> values)
      implements AfterLogin {
    public SetMetadata {
      values = Map.copyOf(values);
    }
  }

  record Idle() implements AfterLogin {}

  record Check() implements InMailbox {}

  record Close() implements InMailbox {}

  record Unselect() implements InMailbox {}

  record Expunge() implements InMailbox {}

  record UidExpunge(SequenceSet uids) implements InMailbox {}

  /**
   * @param vanished also tells what has gone since (RFC 7162 §3.2.6)
   */
  record Fetch(
      Numbering numbering,
      SequenceSet set,
      List<FetchItem> items,
      OptionalLong changedSince,
      boolean vanished)
      implements InMailbox {
    public Fetch {
      items = List.copyOf(items);
    }
  }

  record Store(
      Numbering numbering,
      SequenceSet set,
      StoreHow how,
      boolean silent,
      List<String> flags,
      OptionalLong unchangedSince)
      implements InMailbox {
    public Store {
      flags = List.copyOf(flags);
    }
  }

  record Copy(Numbering numbering, SequenceSet set, String mailbox) implements InMailbox {}

  record Move(Numbering numbering, SequenceSet set, String mailbox) implements InMailbox {}

  /**
   * @param message one
   */
  record Replace(Numbering numbering, SequenceSet message, String mailbox, NewMessage replacement)
      implements InMailbox {}

  record Search(Numbering numbering, SearchKey key) implements InMailbox {}

  /** How much below an entry is asked for (RFC 5464 §4.2.2). */
  enum Depth {
    ITSELF,
    ONE_BELOW,
    ALL_BELOW
  }

  /** SELECT or EXAMINE. */
  enum Access {
    READ_WRITE,
    READ_ONLY
  }

  /** {@code FLAGS}, {@code +FLAGS}, {@code -FLAGS}. */
  enum StoreHow {
    REPLACE,
    ADD,
    REMOVE
  }
}

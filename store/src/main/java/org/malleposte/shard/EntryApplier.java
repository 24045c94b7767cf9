package org.malleposte.shard;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.format.FormatException;
import org.malleposte.kv.KeyValueStore;
import org.malleposte.kv.KeyValueStore.Sync;
import org.malleposte.mail.AccountName;
import org.malleposte.raft.StateMachine.Position;
import org.malleposte.shard.ShardAnswer.OfEntry;
import org.malleposte.shard.ShardCommand.*;

/**
 * Turns log entries into changes of a store, one batch an entry. Uses nothing but the store, the
 * entry and its index: no clock, no chance, nothing of this node. Belongs to the applying thread.
 */
final class EntryApplier {
  private final KeyValueStore store;
  private final ShardWatches watches;
  private final OpenAccounts accounts;
  private final Repeats repeats = new Repeats();
  private final Uploads uploads = new Uploads();
  private final KeptMessages kept = new KeptMessages(repeats);
  private final Garbage garbage = new Garbage(kept);
  private final MessageCommands messageCommands = new MessageCommands(repeats, uploads, kept);
  private final MailboxCommands mailboxCommands = new MailboxCommands(garbage);
  private Applied applied;

  EntryApplier(KeyValueStore store, UnusedAccount unused, ShardWatches watches) {
    accounts = new OpenAccounts(unused);
    this.store = store;
    this.watches = watches;
    applied = store.get(ShardKeys.applied()).map(Applied::decode).orElse(Applied.NOTHING);
  }

  Position position() {
    return applied.position();
  }

  /** What to tell the watchers once the entry is written, and what to answer. */
  record Result(byte[] answer, List<EntryChanges.News> news) {}

  /**
   * Applies an entry and writes its changes. When it throws, nothing was written; the same entry
   * may be applied again.
   *
   * @throws EntryCodec.UnknownCommandException for an entry of a newer version
   */
  Result apply(Position position, byte[] bytes) {
    try {
      return written(position, bytes);
    } catch (RuntimeException | Error e) {
      // The memory may hold changes that were not written.
      accounts.forget();
      repeats.forget();
      uploads.forget();
      garbage.forget();
      kept.forget();
      throw e;
    }
  }

  /** Notes a position without an entry; on disk with the next entry or {@link #writePosition}. */
  void skip(Position position) {
    applied = new Applied(position, applied.timeMillis());
  }

  void writePosition() {
    var keys = new Overlay(store);
    keys.put(ShardKeys.applied(), applied.encode());
    store.write(keys.toBatch(), Sync.UNLOGGED);
  }

  private Result written(Position position, byte[] bytes) {
    var keys = new Overlay(store);
    long timeMillis = applied.timeMillis();
    byte[] answer;
    List<EntryChanges.News> news = List.of();
    try {
      var entry = EntryCodec.decode(bytes);
      var repeat = Sessions.find(keys, entry);
      if (repeat.isPresent()) {
        answer = repeat.get();
      } else {
        timeMillis = Math.max(timeMillis, entry.timeMillis());
        var changes = new EntryChanges(keys, position.index(), timeMillis, watches);
        answer = apply(changes, entry);
        news = changes.news();
      }
    } catch (FormatException e) {
      // Every replica reads the same bytes and says the same.
      answer = AnswerCodec.encode(new OfEntry.Malformed(String.valueOf(e.getMessage())));
    }
    var now = new Applied(position, timeMillis);
    keys.put(ShardKeys.applied(), now.encode());
    store.write(keys.toBatch(), Sync.UNLOGGED);
    applied = now;
    accounts.trim();
    return new Result(answer, news);
  }

  private byte[] apply(EntryChanges changes, Entry entry) {
    repeats.collect(store, changes);
    uploads.collect(store, changes);
    garbage.collect(store, changes);
    kept.collect(store, changes);
    var answers = new ArrayList<ShardAnswer>(entry.commands().size());
    for (var command : entry.commands()) {
      answers.add(apply(changes, command));
    }
    repeats.flush(changes);
    changes.flush();
    byte[] answer = AnswerCodec.encode(new OfEntry.Answers(answers));
    Sessions.remember(store, changes, entry, answer);
    return answer;
  }

  private ShardAnswer apply(EntryChanges changes, ShardCommand command) {
    return switch (command) {
      case Append append -> messageCommands.append(changes, open(append.account()), append);
      case BodyChunk chunk -> {
        uploads.chunk(changes, open(chunk.account()), chunk);
        yield new ShardAnswer.Accepted();
      }
      case StoreFlags flags -> messageCommands.storeFlags(changes, open(flags.account()), flags);
      case Expunge expunge -> messageCommands.expunge(changes, open(expunge.account()), expunge);
      case Transfer transfer ->
          messageCommands.transfer(changes, open(transfer.account()), transfer);
      case Create create -> mailboxCommands.create(changes, open(create.account()), create);
      case Delete delete -> mailboxCommands.delete(changes, open(delete.account()), delete);
      case Renumber renumber ->
          mailboxCommands.renumber(changes, open(renumber.account()), renumber);
      case Undelete undelete -> kept.undelete(changes, open(undelete.account()), undelete);
      case SetProperty property ->
          PropertyCommands.set(changes, open(property.account()), property);
      case Rename rename -> mailboxCommands.rename(changes, open(rename.account()), rename);
      case Subscribe subscribe ->
          mailboxCommands.subscribe(changes, open(subscribe.account()), subscribe);
      case ClaimRecent(var account, var mailboxId) ->
          mailboxCommands.claimRecent(changes, open(account), mailboxId);
      case DirectoryPut put -> DirectoryCommands.put(changes, put);
      case DirectoryDelete delete -> DirectoryCommands.delete(changes, delete);
    };
  }

  private OpenAccount open(AccountName account) {
    return accounts.get(store, account);
  }
}

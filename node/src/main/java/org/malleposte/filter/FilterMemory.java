package org.malleposte.filter;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.StoreAnswer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has had an answer, and which mails were seen, in the account's properties: the same on all
 * nodes. Each fact has a key of its own, so that deliveries at two nodes do not undo each other's.
 * Thread-safe.
 */
public final class FilterMemory {
  /** Facts of one kind of one account; beyond it nobody new is answered. */
  static final int FACTS_MAX = 200;

  /** Old facts that are removed when a new one is written. */
  private static final int REMOVED_AT_ONCE = 8;

  private static final Logger LOG = LoggerFactory.getLogger(FilterMemory.class);

  /**
   * @param mail that made it
   */
  private record Fact(Instant until, String mail) {
    static Fact parse(byte[] value) {
      String[] words = new String(value, StandardCharsets.US_ASCII).split(" ");
      return new Fact(Instant.ofEpochSecond(Long.parseLong(words[0])), words[1]);
    }

    byte[] bytes() {
      return (until.getEpochSecond() + " " + mail).getBytes(StandardCharsets.US_ASCII);
    }
  }

  private final AccountProperties properties;

  public FilterMemory(AccountProperties properties) {
    this.properties = properties;
  }

  /** Whether this sender may have an answer now. Blocks. */
  boolean mayAnswer(AccountName account, String key, Instant now) {
    var fact = fact(account, ScriptKeys.VACATION + key);
    if (fact.isPresent()) {
      return !now.isBefore(fact.get().until());
    }
    // Should somebody invent senders by the thousand, silence is better than to forget one.
    return properties.properties(account, ScriptKeys.VACATION).values().stream()
            .filter(value -> now.isBefore(Fact.parse(value).until()))
            .limit(FACTS_MAX)
            .count()
        < FACTS_MAX;
  }

  /** Whether another mail than {@code mail} has left this behind. Blocks. */
  boolean seen(AccountName account, String key, QueueId mail, Instant now) {
    return fact(account, ScriptKeys.DUPLICATE + key)
        .filter(fact -> now.isBefore(fact.until()))
        .filter(fact -> !fact.mail().equals(mail.value()))
        .isPresent();
  }

  private Optional<Fact> fact(AccountName account, String key) {
    return properties.property(account, key).map(Fact::parse);
  }

  /** Blocks for a read, then writes. */
  CompletableFuture<Void> answered(
      AccountName account, String key, QueueId mail, Instant now, long seconds) {
    return write(account, ScriptKeys.VACATION, key, mail, now, seconds);
  }

  /** Blocks for a read, then writes. */
  CompletableFuture<Void> remember(
      AccountName account, String key, QueueId mail, Instant now, long seconds) {
    return write(account, ScriptKeys.DUPLICATE, key, mail, now, seconds);
  }

  private CompletableFuture<Void> write(
      AccountName account, String prefix, String key, QueueId mail, Instant now, long seconds) {
    removeOld(account, prefix, now);
    var fact = new Fact(now.plusSeconds(seconds), mail.value());
    return set(account, prefix + key, Optional.of(fact.bytes()));
  }

  private void removeOld(AccountName account, String prefix, Instant now) {
    var byEnd = new TreeMap<Instant, String>();
    Map<String, byte[]> all = properties.properties(account, prefix);
    all.forEach((key, value) -> byEnd.put(Fact.parse(value).until(), key));
    int tooMany = all.size() - FACTS_MAX + 1;
    int removed = 0;
    for (var entry : byEnd.entrySet()) {
      boolean due = !now.isBefore(entry.getKey()) || removed < tooMany;
      if (!due || removed++ >= REMOVED_AT_ONCE) {
        return;
      }
      set(account, entry.getValue(), Optional.empty());
    }
  }

  // A fact that is not kept costs a second answer at most: no reason to deliver the mail again.
  private CompletableFuture<Void> set(AccountName account, String key, Optional<byte[]> value) {
    return properties
        .setProperty(account, key, value)
        .handle(
            (answer, failure) -> {
              if (failure != null || !(answer instanceof StoreAnswer.Done)) {
                LOG.warn(
                    "{} of {} was not kept: {}", key, account, failure == null ? answer : failure);
              }
              return null;
            });
  }
}

package org.malleposte.shard;

import java.nio.charset.StandardCharsets;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.shard.ShardAnswer.Accepted;
import org.malleposte.shard.ShardAnswer.Refused;
import org.malleposte.shard.ShardCommand.SetProperty;

/** Applies commands on what an account has beside mailboxes. Belongs to the applying thread. */
final class PropertyCommands {
  private PropertyCommands() {}

  static ShardAnswer set(EntryChanges changes, OpenAccount account, SetProperty command) {
    byte[] key = ShardKeys.named(ShardKeys.PROPERTY, account.key(), command.key());
    int keyBytes = command.key().getBytes(StandardCharsets.UTF_8).length;
    var before = changes.keys().get(key);
    long beforeBytes = before.map(value -> (long) keyBytes + value.length).orElse(0L);
    long afterBytes = command.remove() ? 0 : (long) keyBytes + command.value().length;
    int more = (command.remove() ? 0 : 1) - (before.isPresent() ? 1 : 0);
    boolean grows = more > 0 || afterBytes > beforeBytes;
    if (grows
        && (account.properties() + more > MailboxStore.MAX_PROPERTIES
            || account.propertyBytes() + afterBytes - beforeBytes
                > MailboxStore.MAX_PROPERTIES_BYTES)) {
      return new Refused(Refusal.OVER_QUOTA);
    }
    if (command.remove()) {
      changes.keys().delete(key);
    } else {
      changes.keys().put(key, command.value());
    }
    account.keepsProperties(more, afterBytes - beforeBytes);
    changes.changed(account);
    return new Accepted();
  }
}

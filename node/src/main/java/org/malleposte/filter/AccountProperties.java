package org.malleposte.filter;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StoreAnswer;

/** What the store keeps of an account beside its mail, in its shard. Reads block. */
public interface AccountProperties {
  Optional<byte[]> property(AccountName account, String key);

  Map<String, byte[]> properties(AccountName account, String prefix);

  /**
   * @param value empty: none any more
   */
  CompletableFuture<StoreAnswer<Void>> setProperty(
      AccountName account, String key, Optional<byte[]> value);
}

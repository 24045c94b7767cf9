package org.malleposte.filter;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StoreAnswer;

/** Properties of accounts in memory. */
public final class MemoryProperties implements AccountProperties {
  private final Map<AccountName, Map<String, byte[]>> all = new ConcurrentSkipListMap<>();
  private volatile boolean writable = true;

  public void setWritable(boolean value) {
    writable = value;
  }

  /** Puts a script and makes it the active one. */
  public void activate(AccountName account, String name, String script) {
    of(account).put(ScriptKeys.script(name), script.getBytes(StandardCharsets.UTF_8));
    of(account).put(ScriptKeys.ACTIVE, name.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Optional<byte[]> property(AccountName account, String key) {
    return Optional.ofNullable(of(account).get(key));
  }

  @Override
  public Map<String, byte[]> properties(AccountName account, String prefix) {
    var found = new TreeMap<String, byte[]>();
    of(account).forEach((k, v) -> putIf(k.startsWith(prefix), found, k, v));
    return found;
  }

  private static void putIf(boolean wanted, Map<String, byte[]> map, String key, byte[] value) {
    if (wanted) {
      map.put(key, value);
    }
  }

  @Override
  public CompletableFuture<StoreAnswer<Void>> setProperty(
      AccountName account, String key, Optional<byte[]> value) {
    if (!writable) {
      return CompletableFuture.completedFuture(StoreAnswer.unavailable("no majority"));
    }
    value.ifPresentOrElse(v -> of(account).put(key, v), () -> of(account).remove(key));
    return CompletableFuture.completedFuture(StoreAnswer.done(null));
  }

  private Map<String, byte[]> of(AccountName account) {
    return all.computeIfAbsent(account, _ -> new ConcurrentSkipListMap<>());
  }
}

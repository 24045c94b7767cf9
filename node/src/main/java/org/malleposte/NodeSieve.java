package org.malleposte;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.malleposte.config.NodeConfig;
import org.malleposte.filter.AccountProperties;
import org.malleposte.filter.AccountScripts;
import org.malleposte.filter.GlobalScripts;
import org.malleposte.filter.SpecialUses;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.sieve.CompiledScript;
import org.malleposte.sieve.ScriptSource;
import org.malleposte.sieve.SieveScript;

/** Scripts: the users', in the store, and the postmaster's, from files. */
final class NodeSieve {
  private final MailboxStore store;
  private final AccountScripts scripts;

  /** Reads the postmaster's scripts. Blocks. */
  NodeSieve(NodeConfig.Sieve files, MailboxStore store) throws StartException {
    this.store = store;
    scripts =
        new AccountScripts(
            properties(),
            new GlobalScripts(
                script("sieve.before", files.before()),
                script("sieve.default", files.byDefault()),
                script("sieve.after", files.after())));
  }

  AccountScripts scripts() {
    return scripts;
  }

  AccountProperties properties() {
    return new AccountProperties() {
      @Override
      public Optional<byte[]> property(AccountName account, String key) {
        return store.property(account, key);
      }

      @Override
      public Map<String, byte[]> properties(AccountName account, String prefix) {
        return store.properties(account, prefix);
      }

      @Override
      public CompletableFuture<StoreAnswer<Void>> setProperty(
          AccountName account, String key, Optional<byte[]> value) {
        return store.setProperty(account, key, value);
      }
    };
  }

  SpecialUses uses() {
    return (account, use) ->
        store.list(account).stream()
            .filter(box -> box.use().equalsIgnoreCase(use))
            .map(MailboxInfo::name)
            .findFirst();
  }

  private static List<SieveScript> script(String key, Optional<Path> file) throws StartException {
    if (file.isEmpty()) {
      return List.of();
    }
    try {
      return switch (SieveScript.compile(Files.readAllBytes(file.get()), ScriptSource.NONE)) {
        case CompiledScript.Valid(var script, var _) -> List.of(script);
        case CompiledScript.Invalid(var problems) ->
            throw new StartException(key + ": " + file.get() + " " + problems.getFirst());
      };
    } catch (IOException e) {
      throw new StartException(key + " cannot be read: " + e.getMessage(), e);
    }
  }
}

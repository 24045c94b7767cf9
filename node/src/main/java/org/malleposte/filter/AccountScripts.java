package org.malleposte.filter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.sieve.CompiledScript;
import org.malleposte.sieve.ScriptSource;
import org.malleposte.sieve.SieveScript;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scripts that a mail of an account goes through, ready to run. What was compiled is remembered
 * by its text and the texts that it includes, up to {@link #MEMORY_BYTES}. Thread-safe; blocks.
 */
public final class AccountScripts {
  /** Of texts of compiled scripts. */
  static final int MEMORY_BYTES = 4 * 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(AccountScripts.class);

  /** A text, by its bytes. */
  private record Source(byte[] text) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Source(var bytes) && Arrays.equals(text, bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(text);
    }

    @Override
    public String toString() {
      return text.length + " bytes";
    }
  }

  /**
   * @param script empty: it has errors
   * @param included what it asked for, and got
   */
  private record Ready(Optional<SieveScript> script, Map<String, Optional<Source>> included) {}

  private final AccountProperties properties;
  private final GlobalScripts global;
  // Guarded by itself.
  private final Map<Source, Ready> memory = new LinkedHashMap<>(16, 0.75f, true);
  private long remembered; // guarded by memory

  public AccountScripts(AccountProperties properties, GlobalScripts global) {
    this.properties = properties;
    this.global = global;
  }

  /** In the order in which they run; none: the mail is kept. */
  List<SieveScript> of(AccountName account) {
    var own = own(account);
    var all = new ArrayList<SieveScript>(global.before());
    all.addAll(own.map(List::of).orElse(global.byDefault()));
    all.addAll(global.after());
    return all;
  }

  private Optional<SieveScript> own(AccountName account) {
    return properties
        .property(account, ScriptKeys.ACTIVE)
        .map(name -> new String(name, StandardCharsets.UTF_8))
        .flatMap(name -> properties.property(account, ScriptKeys.script(name)))
        .flatMap(text -> ready(account, new Source(text)));
  }

  private Optional<SieveScript> ready(AccountName account, Source source) {
    Ready known;
    synchronized (memory) {
      known = memory.get(source);
    }
    if (known != null && isStill(account, known)) {
      return known.script();
    }
    var fresh = compile(account, source);
    remember(source, fresh);
    return fresh.script();
  }

  private boolean isStill(AccountName account, Ready ready) {
    return ready.included().entrySet().stream()
        .allMatch(e -> included(account, e.getKey()).equals(e.getValue()));
  }

  private Optional<Source> included(AccountName account, String name) {
    return properties.property(account, ScriptKeys.script(name)).map(Source::new);
  }

  private Ready compile(AccountName account, Source source) {
    var included = new LinkedHashMap<String, Optional<Source>>();
    var compiled =
        SieveScript.compile(
            source.text(),
            (location, name) ->
                switch (location) {
                  case GLOBAL -> Optional.empty();
                  case PERSONAL ->
                      included
                          .computeIfAbsent(name, n -> included(account, n))
                          .map(s -> new String(s.text(), StandardCharsets.UTF_8));
                });
    return switch (compiled) {
      case CompiledScript.Valid(var script, var _) -> new Ready(Optional.of(script), included);
      case CompiledScript.Invalid(var problems) -> {
        LOG.warn("the active script of {} has errors, mail is kept: {}", account, problems);
        yield new Ready(Optional.empty(), included);
      }
    };
  }

  private void remember(Source source, Ready ready) {
    synchronized (memory) {
      if (memory.put(source, ready) == null) {
        remembered += source.text().length;
      }
      var eldest = memory.entrySet().iterator();
      while (remembered > MEMORY_BYTES && eldest.hasNext()) {
        remembered -= eldest.next().getKey().text().length;
        eldest.remove();
      }
    }
  }

  /** For {@code include} when a script is checked as it is put. Blocks. */
  public ScriptSource sourceOf(AccountName account) {
    return (location, name) ->
        switch (location) {
          case GLOBAL -> Optional.empty();
          case PERSONAL ->
              properties
                  .property(account, ScriptKeys.script(name))
                  .map(text -> new String(text, StandardCharsets.UTF_8));
        };
  }
}

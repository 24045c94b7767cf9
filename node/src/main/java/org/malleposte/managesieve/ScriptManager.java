package org.malleposte.managesieve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.malleposte.filter.AccountProperties;
import org.malleposte.filter.AccountScripts;
import org.malleposte.filter.ScriptKeys;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.managesieve.ManageSieveCommand.OfScripts;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.sieve.CompiledScript;
import org.malleposte.sieve.ScriptProblem;
import org.malleposte.sieve.SieveLimits;
import org.malleposte.sieve.SieveScript;

/**
 * Keeps scripts in the account's properties. Several properties change one after the other, in an
 * order in which each state between is a good one. Thread-safe; never blocks.
 */
public final class ScriptManager {
  private static final int TEXT_MAX_CHARACTERS = 2000;

  private final AccountProperties properties;
  private final AccountScripts scripts;
  private final BlockingLane lane;

  /**
   * @param lane for reads, and for checking scripts
   */
  public ScriptManager(AccountProperties properties, AccountScripts scripts, BlockingLane lane) {
    this.properties = properties;
    this.scripts = scripts;
    this.lane = lane;
  }

  CompletableFuture<ScriptAnswer> perform(AccountName account, OfScripts command) {
    return switch (command) {
      case ManageSieveCommand.HaveSpace(var name, long size) ->
          onLane(() -> ended(room(account, name, size).orElse(ScriptAnswer.Done.PLAIN)));
      case ManageSieveCommand.PutScript(var name, var text) ->
          onLane(() -> put(account, name, text));
      case ManageSieveCommand.CheckScript(var text) -> onLane(() -> ended(check(account, text)));
      case ManageSieveCommand.ListScripts _ -> onLane(() -> ended(list(account)));
      case ManageSieveCommand.SetActive(var name) -> onLane(() -> activate(account, name));
      case ManageSieveCommand.GetScript(var name) ->
          onLane(
              () ->
                  ended(
                      text(account, name)
                          .<ScriptAnswer>map(ScriptAnswer.Script::new)
                          .orElse(missing())));
      case ManageSieveCommand.DeleteScript(var name) -> onLane(() -> delete(account, name));
      case ManageSieveCommand.RenameScript(var from, var to) ->
          onLane(() -> rename(account, from, to));
    };
  }

  private CompletableFuture<ScriptAnswer> onLane(Callable<CompletableFuture<ScriptAnswer>> task) {
    try {
      return lane.call(task).thenCompose(Function.identity());
    } catch (RejectedExecutionException e) {
      return ended(refused("TRYLATER", "too busy"));
    }
  }

  private static CompletableFuture<ScriptAnswer> ended(ScriptAnswer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static ScriptAnswer refused(String code, String text) {
    return new ScriptAnswer.Refused(Optional.of(code), text);
  }

  private static ScriptAnswer missing() {
    return refused("NONEXISTENT", "there is no such script");
  }

  private Optional<byte[]> text(AccountName account, String name) {
    return properties.property(account, ScriptKeys.script(name));
  }

  private Optional<String> active(AccountName account) {
    return properties
        .property(account, ScriptKeys.ACTIVE)
        .map(name -> new String(name, StandardCharsets.UTF_8));
  }

  private boolean isActive(AccountName account, String name) {
    return active(account).filter(name::equals).isPresent();
  }

  private Optional<ScriptAnswer> room(AccountName account, String name, long size) {
    if (size > SieveLimits.SCRIPT_MAX_BYTES) {
      return Optional.of(
          refused(
              "QUOTA/MAXSIZE", "a script has at most " + SieveLimits.SCRIPT_MAX_BYTES + " bytes"));
    }
    var all = properties.properties(account, ScriptKeys.SCRIPT);
    boolean isNew = !all.containsKey(ScriptKeys.script(name));
    return isNew && all.size() >= SieveLimits.SCRIPTS_MAX
        ? Optional.of(
            refused(
                "QUOTA/MAXSCRIPTS", "there are " + SieveLimits.SCRIPTS_MAX + " scripts already"))
        : Optional.empty();
  }

  private ScriptAnswer check(AccountName account, byte[] text) {
    return switch (SieveScript.compile(text, scripts.sourceOf(account))) {
      case CompiledScript.Valid(var _, var warnings) ->
          warnings.isEmpty()
              ? ScriptAnswer.Done.PLAIN
              : new ScriptAnswer.Done(Optional.of("WARNINGS"), lines(warnings));
      case CompiledScript.Invalid(var problems) ->
          new ScriptAnswer.Refused(Optional.empty(), lines(problems));
    };
  }

  private static String lines(List<ScriptProblem> problems) {
    String text =
        problems.stream().map(ScriptProblem::toString).collect(Collectors.joining("\r\n"));
    return text.substring(0, Math.min(text.length(), TEXT_MAX_CHARACTERS));
  }

  private CompletableFuture<ScriptAnswer> put(AccountName account, String name, byte[] text) {
    var full = room(account, name, text.length);
    if (full.isPresent()) {
      return ended(full.get());
    }
    var checked = check(account, text);
    return switch (checked) {
      case ScriptAnswer.Done _ ->
          write(account, ScriptKeys.script(name), Optional.of(text), checked);
      case ScriptAnswer.Refused _, ScriptAnswer.Listed _, ScriptAnswer.Script _ -> ended(checked);
    };
  }

  private ScriptAnswer list(AccountName account) {
    var active = active(account);
    var entries = new ArrayList<ScriptAnswer.Entry>();
    for (String key : properties.properties(account, ScriptKeys.SCRIPT).keySet()) {
      String name = key.substring(ScriptKeys.SCRIPT.length());
      entries.add(new ScriptAnswer.Entry(name, active.filter(name::equals).isPresent()));
    }
    return new ScriptAnswer.Listed(entries);
  }

  private CompletableFuture<ScriptAnswer> activate(AccountName account, String name) {
    if (name.isEmpty()) {
      return write(account, ScriptKeys.ACTIVE, Optional.empty(), ScriptAnswer.Done.PLAIN);
    }
    if (text(account, name).isEmpty()) {
      return ended(missing());
    }
    return write(account, ScriptKeys.ACTIVE, Optional.of(utf8(name)), ScriptAnswer.Done.PLAIN);
  }

  private CompletableFuture<ScriptAnswer> delete(AccountName account, String name) {
    if (text(account, name).isEmpty()) {
      return ended(missing());
    }
    return isActive(account, name)
        ? ended(refused("ACTIVE", "the active script cannot be deleted"))
        : write(account, ScriptKeys.script(name), Optional.empty(), ScriptAnswer.Done.PLAIN);
  }

  /** The new one, then what is active, then the old one: a mail in between finds its script. */
  private CompletableFuture<ScriptAnswer> rename(AccountName account, String from, String to) {
    var text = text(account, from);
    if (text.isEmpty()) {
      return ended(missing());
    }
    if (text(account, to).isPresent()) {
      return ended(refused("ALREADYEXISTS", "there is such a script already"));
    }
    boolean active = isActive(account, from);
    var done = ScriptAnswer.Done.PLAIN;
    return write(account, ScriptKeys.script(to), text, done)
        .thenCompose(
            before ->
                then(
                    before,
                    () ->
                        active
                            ? write(account, ScriptKeys.ACTIVE, Optional.of(utf8(to)), done)
                            : ended(done)))
        .thenCompose(
            before ->
                then(
                    before, () -> write(account, ScriptKeys.script(from), Optional.empty(), done)));
  }

  private static CompletableFuture<ScriptAnswer> then(
      ScriptAnswer before, Supplier<CompletableFuture<ScriptAnswer>> next) {
    return before instanceof ScriptAnswer.Done ? next.get() : ended(before);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private CompletableFuture<ScriptAnswer> write(
      AccountName account, String key, Optional<byte[]> value, ScriptAnswer done) {
    return properties
        .setProperty(account, key, value)
        .thenApply(
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<Void> _ -> done;
                  case StoreAnswer.Refused<Void>(var why) ->
                      why == Refusal.OVER_QUOTA
                          ? refused("QUOTA", "the account has no room for it")
                          : new ScriptAnswer.Refused(Optional.empty(), "the store refused: " + why);
                  case StoreAnswer.Unavailable<Void> _ ->
                      refused("TRYLATER", "the store cannot be written now");
                });
  }
}

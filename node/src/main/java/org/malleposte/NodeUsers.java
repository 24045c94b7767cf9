package org.malleposte;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.account.AccountDirectory;
import org.malleposte.account.Credential;
import org.malleposte.account.PasswdFile;
import org.malleposte.admin.AdminAnswer;
import org.malleposte.admin.UserOperations;
import org.malleposte.auth.PasswordSchemes;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.QueueId;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.StoreAnswer;
import org.malleposte.mailbox.StoreAnswer.Refusal;
import org.malleposte.runtime.BlockingLane;

/**
 * The accounts as the postmaster manages them: those of the directory, beside those of the file.
 */
final class NodeUsers implements UserOperations {
  private static final String UNACCEPTABLE =
      "a password has 1 to "
          + PasswordSchemes.MAX_PASSWORD_CHARACTERS
          + " characters, none of them a control character";

  private final AccountDirectory accounts;
  private final Supplier<PasswdFile> file;
  private final PasswordSchemes schemes;
  private final BlockingLane hashing;
  private final MailboxStore mailboxes;
  private final InstantSource clock;
  private final RandomGenerator random;

  NodeUsers(
      AccountDirectory accounts,
      Supplier<PasswdFile> file,
      PasswordSchemes schemes,
      BlockingLane hashing,
      MailboxStore mailboxes,
      InstantSource clock,
      RandomGenerator random) {
    this.accounts = accounts;
    this.file = file;
    this.schemes = schemes;
    this.hashing = hashing;
    this.mailboxes = mailboxes;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public CompletableFuture<List<User>> list() {
    var users = new TreeMap<AccountName, User>();
    accounts.list().forEach(a -> users.put(a.name(), new User(a.name(), Source.DIRECTORY)));
    file.get()
        .names()
        .forEach(n -> users.put(n, new User(n, Source.FILE))); // the file wins at a login too
    return CompletableFuture.completedFuture(List.copyOf(users.values()));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> add(AccountName name, String password) {
    if (file.get().credential(name).isPresent()) {
      return answered(new AdminAnswer.Conflict<>(name + " is in the mail.accounts file already"));
    }
    if (!PasswordSchemes.isAcceptable(password)) {
      return answered(new AdminAnswer.Refused<>(UNACCEPTABLE));
    }
    return hash(password)
        .thenCompose(credential -> accounts.add(name, credential))
        .thenApply(
            answer ->
                told(answer, name, name + " was added to the directory: it is valid on all nodes"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> setPassword(AccountName name, String password) {
    if (file.get().credential(name).isPresent()) {
      return answered(
          new AdminAnswer.Refused<>(
              name + " is in the mail.accounts file: change it there, then reload"));
    }
    if (!PasswordSchemes.isAcceptable(password)) {
      return answered(new AdminAnswer.Refused<>(UNACCEPTABLE));
    }
    return hash(password)
        .thenCompose(credential -> accounts.passwd(name, credential))
        .thenApply(
            answer -> told(answer, name, "the password of " + name + " was changed on all nodes"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> delete(AccountName name) {
    if (file.get().credential(name).isPresent()) {
      return answered(
          new AdminAnswer.Refused<>(
              name + " is in the mail.accounts file: remove it there, then reload"));
    }
    return accounts
        .delete(name)
        .thenApply(answer -> told(answer, name, name + " can no longer log in; the mail stays"));
  }

  @Override
  public CompletableFuture<AdminAnswer<String>> undelete(AccountName name, Duration within) {
    var now = clock.instant();
    return mailboxes
        .undelete(QueueId.create(now, random), name, now.minus(within))
        .thenApply(
            answer ->
                switch (answer) {
                  case StoreAnswer.Done<Integer>(var count) ->
                      new AdminAnswer.Done<>(count + " mails of " + name + " are back");
                  case StoreAnswer.Refused<Integer>(var why) ->
                      new AdminAnswer.Refused<>("the store refuses: " + why);
                  case StoreAnswer.Unavailable<Integer>(var detail) ->
                      new AdminAnswer.Unavailable<>("not written now, try again: " + detail);
                });
  }

  private CompletableFuture<Credential> hash(String password) {
    return hashing.call(() -> schemes.hash(password));
  }

  private static <T> AdminAnswer<String> told(
      StoreAnswer<T> answer, AccountName name, String sentence) {
    return switch (answer) {
      case StoreAnswer.Done<T> _ -> new AdminAnswer.Done<>(sentence);
      case StoreAnswer.Refused<T>(Refusal why) when why == Refusal.NO_SUCH_ACCOUNT ->
          new AdminAnswer.Unknown<>("account " + name);
      case StoreAnswer.Refused<T>(Refusal why) when why == Refusal.CONFLICT ->
          new AdminAnswer.Conflict<>(name + " exists already, or is being changed");
      case StoreAnswer.Refused<T>(Refusal why) ->
          new AdminAnswer.Refused<>("the directory refuses: " + why);
      case StoreAnswer.Unavailable<T>(String detail) ->
          new AdminAnswer.Unavailable<>("the directory has no majority now: " + detail);
    };
  }

  private static CompletableFuture<AdminAnswer<String>> answered(AdminAnswer<String> answer) {
    return CompletableFuture.completedFuture(answer);
  }
}

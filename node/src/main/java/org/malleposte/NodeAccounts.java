package org.malleposte;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.account.AccountDirectory;
import org.malleposte.account.PasswdFile;
import org.malleposte.auth.AccountAuthenticator;
import org.malleposte.auth.AccountFinder;
import org.malleposte.auth.AuthMetrics;
import org.malleposte.auth.Authenticator;
import org.malleposte.auth.CredentialSource;
import org.malleposte.auth.HashUpgrade;
import org.malleposte.auth.PasswordSchemes;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.routing.AccountNames;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.Timers;
import org.malleposte.shard.Directory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who exists and who may log in: the {@code mail.accounts} file of this node, those that primaries
 * have published, and the directory.
 */
final class NodeAccounts implements AutoCloseable {
  private static final int HASHING_THREADS = 2;
  private static final int HASHING_WAITING = 500;
  private static final Logger LOG = LoggerFactory.getLogger(NodeAccounts.class);

  private final Path path;
  private final BlockingLane hashing =
      new BlockingLane("hashing", HASHING_THREADS, HASHING_WAITING);
  private final PasswordSchemes schemes;
  private final AccountDirectory directory;
  private final RandomGenerator random;
  private PasswdFile published = PasswdFile.EMPTY;
  private volatile PasswdFile file = PasswdFile.EMPTY;

  NodeAccounts(
      Path path,
      Directory directory,
      BlockingLane reads,
      Timers timers,
      InstantSource clock,
      RandomGenerator random)
      throws StartException {
    this.path = path;
    this.random = random;
    this.schemes = new PasswordSchemes(random);
    this.directory = new AccountDirectory(directory, reads, timers, clock);
    use(read());
    file.problems().forEach(p -> LOG.warn("{}", p));
  }

  /** Reads the file again; the one in use stays. Blocks. */
  PasswdFile read() throws StartException {
    try {
      return Files.exists(path) ? PasswdFile.read(path) : PasswdFile.EMPTY;
    } catch (IOException e) {
      throw new StartException("mail.accounts cannot be read: " + e.getMessage(), e);
    }
  }

  /** Lines that can be used are used. */
  void use(PasswdFile read) {
    file = read;
  }

  /**
   * The file as it may travel: {@code {PLAIN}} is replaced by salted hashes, the same as long as a
   * line stays.
   */
  synchronized PasswdFile publishable() {
    published = file.publishable(published, random);
    return published;
  }

  PasswdFile file() {
    return file;
  }

  /**
   * @param published the passwd-file that primaries have published
   * @param isLocal whether a login may carry this domain
   * @param logins as they are configured
   */
  Authenticator authenticator(
      Supplier<PasswdFile> published,
      Predicate<Domain> isLocal,
      NodeLogins logins,
      Timers timers,
      InstantSource clock,
      RandomGenerator random,
      AuthMetrics metrics) {
    var sources =
        List.of(
            CredentialSource.of(this::file),
            CredentialSource.of(published),
            CredentialSource.of(directory));
    return new AccountAuthenticator(
        new AccountFinder(sources, logins.usernameFormat(), isLocal),
        logins.helpers(new HashUpgrade(directory, schemes, hashing)),
        schemes,
        hashing,
        timers,
        clock,
        random,
        metrics);
  }

  /** Who may get mail, by this node's own file and the directory. */
  AccountNames names() {
    return new AccountNames() {
      @Override
      public boolean contains(AccountName name) {
        return file.credential(name).isPresent() || directory.find(name).isPresent();
      }

      @Override
      public Optional<AccountName> postmaster() {
        return first();
      }
    };
  }

  // RFC 5321 §4.5.1: mail for postmaster must reach somebody, also when no alias says whom.
  private Optional<AccountName> first() {
    var names = new ArrayList<AccountName>(file.names());
    directory.list().forEach(a -> names.add(a.name()));
    return names.stream().sorted().findFirst();
  }

  /**
   * @param mailboxes for what is done with an account's mail
   */
  NodeUsers users(MailboxStore mailboxes, InstantSource clock) {
    return new NodeUsers(directory, this::file, schemes, hashing, mailboxes, clock, random);
  }

  @Override
  public void close() {
    directory.close();
    hashing.close();
  }
}

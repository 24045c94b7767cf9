package org.malleposte.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.malleposte.account.Credential;
import org.malleposte.account.PasswdFile;
import org.malleposte.account.PasswordScheme;
import org.malleposte.config.ConfigProblem;
import org.malleposte.config.EffectiveConfig;
import org.malleposte.config.LoginMechanism;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.Origin;
import org.malleposte.tables.McDirective;
import org.malleposte.tables.PublishedTables;
import org.malleposte.tables.PublishedView;

/**
 * Who cannot log in on a secondary by a mechanism that it offers: readable passwords are published
 * as salted hashes, from which no challenge can be answered.
 */
final class PublishedLogins {
  private static final String KEY = "auth.mechanisms";
  private static final String MC = "confAUTH_MECHANISMS";

  private final NodeConfig config;
  private final EffectiveConfig effective;
  private final MailFiles files;

  PublishedLogins(NodeConfig config, EffectiveConfig effective, MailFiles files) {
    this.config = config;
    this.effective = effective;
    this.files = files;
  }

  /**
   * A warning for each mechanism that some of the users cannot use.
   *
   * @param published what this node last knew of the primaries
   */
  List<ConfigProblem> problems(PublishedView published) {
    return switch (published) {
      case PublishedView.Unneeded _ -> List.of();
      // Who has users of its own may mean these.
      case PublishedView.Awaited _ ->
          files.accounts().names().isEmpty()
              ? asked().map(m -> warning(m, "users that are {PLAIN} at the primary")).toList()
              : List.of();
      case PublishedView.Known(var primaries) -> {
        var users = primaries.stream().flatMap(p -> foreign(p).stream()).toList();
        yield asked().flatMap(m -> unfit(m, users).stream()).toList();
      }
    };
  }

  private Optional<ConfigProblem> unfit(LoginMechanism mechanism, List<Credential> users) {
    long unfit = users.stream().filter(c -> !fits(c, mechanism)).count();
    return unfit == 0
        ? Optional.empty()
        : Optional.of(warning(mechanism, unfit + " of " + users.size() + " published users"));
  }

  private ConfigProblem warning(LoginMechanism mechanism, String who) {
    String name = mechanism.registered();
    return new ConfigProblem(
        ConfigProblem.Severity.WARNING,
        origin(),
        source()
            + ": "
            + who
            + " cannot use "
            + name
            + " here, since only hashes of their passwords are published",
        (scheme(mechanism).isPresent()
                ? "give them {" + scheme(mechanism).get().written() + "} hashes, "
                : "")
            + "list them in mail.accounts of this node, or take "
            + name
            + " out");
  }

  /** What is asked for by name; the default needs nothing but a hash. */
  private Stream<LoginMechanism> asked() {
    Optional<List<LoginMechanism>> given = config.auth().policy().mechanisms();
    return given.isPresent()
        ? given.get().stream().distinct().filter(PublishedLogins::needsMoreThanAHash)
        : files.sendmail().setting(MC).stream()
            .flatMap(text -> Stream.of(text.strip().split("[\\s,]+")))
            .flatMap(name -> LoginMechanism.named(name).stream())
            .distinct()
            .filter(PublishedLogins::needsMoreThanAHash);
  }

  private String source() {
    return config.auth().policy().mechanisms().isPresent() ? KEY : MC;
  }

  private Origin origin() {
    return source().equals(KEY)
        ? effective.origin(KEY)
        : new Origin.InFile(
            files.sendmail().file(),
            Math.max(1, files.sendmail().definition(MC).map(McDirective::line).orElse(1)));
  }

  /** Those that this node has no line of its own for, and that have a password. */
  private List<Credential> foreign(PublishedTables primary) {
    return PasswdFile.parse(primary.primary().value(), primary.credentials()).entries().stream()
        .filter(entry -> files.accounts().credential(entry.name()).isEmpty())
        .map(PasswdFile.Entry::credential)
        .filter(c -> !c.isLocked() && !c.equals(Credential.ABSENT))
        .toList();
  }

  private static boolean fits(Credential credential, LoginMechanism mechanism) {
    return scheme(mechanism).equals(Optional.of(credential.scheme()));
  }

  private static boolean needsMoreThanAHash(LoginMechanism mechanism) {
    return switch (mechanism) {
      case SCRAM_SHA_256, SCRAM_SHA_1, CRAM_MD5, DIGEST_MD5, APOP -> true;
      case PLAIN, LOGIN, EXTERNAL, GSSAPI, OAUTHBEARER -> false;
    };
  }

  /** The scheme whose hashes are published as they stand, and from which it works. */
  private static Optional<PasswordScheme> scheme(LoginMechanism mechanism) {
    return switch (mechanism) {
      case SCRAM_SHA_256 -> Optional.of(PasswordScheme.SCRAM_SHA_256);
      case SCRAM_SHA_1 -> Optional.of(PasswordScheme.SCRAM_SHA_1);
      case CRAM_MD5 -> Optional.of(PasswordScheme.CRAM_MD5);
      case DIGEST_MD5 -> Optional.of(PasswordScheme.DIGEST_MD5);
      case APOP, PLAIN, LOGIN, EXTERNAL, GSSAPI, OAUTHBEARER -> Optional.empty();
    };
  }
}

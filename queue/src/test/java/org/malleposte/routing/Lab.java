package org.malleposte.routing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Router.Peer;
import org.malleposte.tables.OwnHost;
import org.malleposte.tables.PublishedView;
import org.malleposte.tables.TableLoader;
import org.malleposte.tables.TableSource;

/** Tables from text, and questions to them. */
final class Lab {
  static final Set<String> USERS = Set.of("root", "p010544", "alice", "bob", "carol", "dan");

  private final Path directory;
  private final Map<String, String> hosts = new HashMap<>();

  Lab(Path directory) {
    this.directory = directory;
  }

  static AccountNames accounts(Set<String> users) {
    return name -> users.contains(name.value());
  }

  static Set<AccountName> accountSet(Set<String> users) {
    return users.stream().map(AccountName::of).collect(java.util.stream.Collectors.toSet());
  }

  /** Writes one file of the tables. */
  Lab with(String file, String... lines) {
    try {
      Files.createDirectories(directory);
      Files.writeString(directory.resolve(file), String.join("\n", lines) + "\n");
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Lab host(String address, String name) {
    hosts.put(address, name);
    return this;
  }

  TableLoader.Loaded load(String ownName) {
    return new TableLoader(OwnHost.named(ownName), Map.of())
        .load(new TableSource(directory, directory.resolve("aliases")));
  }

  TablesRouter router(String ownName) {
    var tables = load(ownName).tables();
    return new TablesRouter(() -> tables, accounts(USERS), PublishedView.Unneeded::new);
  }

  Peer peer(String address) {
    return new Peer(address, Optional.ofNullable(hosts.get(address)), Optional.empty());
  }

  static ReversePath from(String text) {
    return text.isEmpty() || text.equals("<>")
        ? ReversePath.NULL
        : ReversePath.of(EmailAddress.parse(text));
  }

  /** An address as a lenient parser of commands hands it on. */
  static EmailAddress address(String written, String ownName) {
    String text = written.startsWith("@") ? written.substring(written.indexOf(':') + 1) : written;
    int at = text.lastIndexOf('@');
    String local = at < 0 ? text : text.substring(0, at);
    String plain =
        local.startsWith("\"") && local.endsWith("\"")
            ? local.substring(1, local.length() - 1)
            : local;
    return new EmailAddress(plain, Domain.of(at < 0 ? ownName : text.substring(at + 1)));
  }

  /** The decision in one line: {@code 250 alice bob x@far.example} or {@code 550 5.1.1}. */
  static String shown(RoutingDecision decision) {
    return switch (decision) {
      case RoutingDecision.Accept(var targets, _) -> "250 " + shown(targets);
      case RoutingDecision.Refuse refuse -> refuse.code() + " " + refuse.status();
      case RoutingDecision.Discard _ -> "250 discard";
      case RoutingDecision.DiscardMail _ -> "250 discard mail";
      case RoutingDecision.Quarantine(var reason, var targets, _) ->
          "250 quarantine " + shown(targets) + " (" + reason + ")";
    };
  }

  static String shown(List<Target> targets) {
    Stream<String> names =
        targets.stream()
            .map(
                target ->
                    switch (target) {
                          case Target.Local local -> local.account().value();
                          case Target.Remote remote -> remote.address().toString();
                        }
                        + target.owner().map(owner -> "(" + owner + ")").orElse(""));
    return String.join(" ", names.sorted().toList());
  }
}

package org.malleposte.routing;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.AddressText;
import org.malleposte.tables.AliasMember;
import org.malleposte.tables.AliasTable;
import org.malleposte.tables.ReplyText;
import org.malleposte.tables.TableLine;

/**
 * Follows one recipient through virtual users and aliases to its targets. It ends whatever the
 * tables say: each name is opened once, and no deeper than {@code MaxAliasRecursion}.
 *
 * <p>One thread, one recipient, then done.
 */
final class AliasExpansion {
  /** Of one recipient; a list with more belongs into a list server. */
  static final int MAX_TARGETS = 10_000;

  private final EmailAddress recipient;
  private final Function<Domain, Optional<RoutingWorld>> otherWorlds;
  private final Set<Target> targets = new LinkedHashSet<>();
  private final List<Evidence> because = new ArrayList<>();
  private final List<ReplyText> failures = new ArrayList<>();
  private final Set<Object> opened = new HashSet<>();
  private boolean thrownAway;

  /** An alias that has been opened. */
  private record Opened(RoutingWorld world, String key) {}

  /**
   * Where a walk stands.
   *
   * @param users that led here, in lower case, outermost first
   * @param owner of the innermost list that has one
   */
  private record Path(RoutingWorld world, List<String> users, Optional<EmailAddress> owner) {
    static Path at(RoutingWorld world) {
      return new Path(world, List.of(), Optional.empty());
    }

    Path into(String user) {
      var longer = new ArrayList<>(users);
      longer.add(user);
      return new Path(world, longer, owner);
    }

    Path ownedBy(Optional<EmailAddress> another) {
      return new Path(world, users, another.or(() -> owner));
    }

    Path in(RoutingWorld other) {
      return new Path(other, users, owner);
    }
  }

  /**
   * @param recipient as given, for {@code Delivered-To} and reports
   * @param otherWorlds the primary that serves a domain which is not ours
   */
  AliasExpansion(EmailAddress recipient, Function<Domain, Optional<RoutingWorld>> otherWorlds) {
    this.recipient = recipient;
    this.otherWorlds = otherWorlds;
  }

  RoutingDecision expand(RoutingWorld world, Resolved start) {
    resolved(Path.at(world), start);
    Optional<ReplyText> temporary = failures.stream().filter(r -> r.code() < 500).findFirst();
    if (temporary.isPresent()) {
      // A part that cannot be known now must not get lost: the client shall come back with all.
      return Replies.refuse(temporary.get(), because);
    }
    if (!targets.isEmpty()) {
      return new RoutingDecision.Accept(List.copyOf(targets), because);
    }
    if (thrownAway) {
      return new RoutingDecision.Discard(because);
    }
    return Replies.refuse(failures.isEmpty() ? Replies.USER_UNKNOWN : failures.getFirst(), because);
  }

  private void address(Path path, AddressText address) {
    resolved(path, new AddressResolver(path.world.tables()).resolve(address));
  }

  private void resolved(Path path, Resolved resolved) {
    because.addAll(resolved.because());
    switch (resolved) {
      case Resolved.Refused(var reply, _) -> failures.add(reply);
      case Resolved.User(var name, _) -> user(path, name);
      case Resolved.Elsewhere(var address, _) -> {
        Optional<RoutingWorld> other = otherWorlds.apply(address.domain());
        if (other.isPresent() && !other.get().equals(path.world)) {
          address(path.in(other.get()), AddressText.of(address));
        } else {
          add(new Target.Remote(address, recipient, path.owner));
        }
      }
    }
  }

  private void user(Path path, String name) {
    if (name.startsWith("\\")) {
      deliver(path, name.substring(1));
      return;
    }
    Optional<ReplyText> misuse = misuse(name);
    if (misuse.isPresent()) {
      fail(misuse.get(), name + " is no user");
      return;
    }
    String key = name.toLowerCase(Locale.ROOT);
    if (path.users.contains(key)) {
      comesBack(path, key);
      return;
    }
    Optional<TableLine> alias = path.world.tables().aliases().find(key);
    if (alias.isEmpty()) {
      deliver(path, key);
    } else {
      open(path, key, alias.get());
    }
  }

  private void open(Path path, String user, TableLine alias) {
    if (path.users.size() >= path.world.tables().options().maxAliasDepth()) {
      fail(Replies.LOOP, "aliases nest deeper than " + path.users.size());
    } else if (opened.add(new Opened(path.world, alias.key()))) {
      because.add(shortened(alias));
      Optional<TableLine> owner = ListOwner.line(path.world.tables(), alias);
      owner.ifPresent(line -> because.add(shortened(line)));
      members(path.into(user).ownedBy(owner.map(l -> ListOwner.of(path.world.tables(), l))), alias);
    }
  }

  /**
   * A name leads back to itself. As with sendmail, whoever is a real user on that way gets the
   * mail, the name itself first, then those nearest to it.
   */
  private void comesBack(Path path, String user) {
    if (path.users.getLast().equals(user)) {
      deliver(path, user);
      return;
    }
    for (String candidate : path.into(user).users.reversed()) {
      Optional<AccountName> account = account(path.world, candidate);
      if (account.isPresent()) {
        add(new Target.Local(account.get(), recipient, path.owner));
        return;
      }
    }
    fail(Replies.LOOP, "aliases form a loop: " + String.join(" -> ", path.into(user).users));
  }

  private void members(Path path, TableLine line) {
    for (AliasMember member : AliasTable.members(line)) {
      if (targets.size() >= MAX_TARGETS) {
        fail(Replies.TOO_MANY, "more than " + MAX_TARGETS + " targets");
        return;
      }
      member(path, line, member);
    }
  }

  private void member(Path path, TableLine line, AliasMember member) {
    switch (member) {
      case AliasMember.Address(var address) -> address(path, address);
      case AliasMember.Literally(var address) ->
          address(path, new AddressText("\\" + address.localPart(), address.domain()));
      case AliasMember.Include(var file) -> include(path, file);
      case AliasMember.Nowhere _ -> thrownAway = true;
      case AliasMember.Program(var command) ->
          fail(Replies.PROGRAMS_OFF, "|" + command + ": programs are switched off");
      case AliasMember.File(var file) ->
          fail(Replies.PROGRAMS_OFF, file + ": files are switched off");
      case AliasMember.Mistake(var text, var why) ->
          fail(Replies.USER_UNKNOWN, line.file() + ": " + text + ": " + why);
    }
  }

  private void include(Path path, String file) {
    Optional<TableLine> list = path.world.tables().aliases().include(file);
    if (list.isEmpty()) {
      fail(Replies.LIST_UNREADABLE, ":include:" + file + " could not be read");
    } else if (opened.add(new Opened(path.world, list.get().key()))) {
      because.add(shortened(list.get()));
      members(path, list.get());
    }
  }

  private void deliver(Path path, String user) {
    Optional<AccountName> account =
        account(path.world, user).or(() -> postmaster(path.world, user));
    if (account.isPresent()) {
      add(new Target.Local(account.get(), recipient, path.owner));
    } else if (isPostmaster(user)) {
      fail(Replies.NO_POSTMASTER, "neither an alias nor an account for " + user);
    } else {
      fail(Replies.USER_UNKNOWN, user + " is neither an alias nor an account");
    }
  }

  private static Optional<AccountName> account(RoutingWorld world, String user) {
    int plus = user.indexOf('+', 1);
    return world
        .accounts()
        .find(user)
        .or(() -> plus < 0 ? Optional.empty() : world.accounts().find(user.substring(0, plus)));
  }

  /** RFC 5321 §4.5.1: postmaster must reach someone. */
  private static Optional<AccountName> postmaster(RoutingWorld world, String user) {
    return isPostmaster(user)
        ? world
            .accounts()
            .find("postmaster")
            .or(() -> world.accounts().find("root"))
            .or(world.accounts()::postmaster)
        : Optional.empty();
  }

  private static boolean isPostmaster(String user) {
    return user.equalsIgnoreCase("postmaster") || user.equalsIgnoreCase("mailer-daemon");
  }

  private static Optional<ReplyText> misuse(String user) {
    if (user.startsWith("|")) {
      return Optional.of(Replies.TO_PROGRAM);
    }
    if (user.startsWith("/")) {
      return Optional.of(Replies.TO_FILE);
    }
    return user.regionMatches(true, 0, AliasMember.INCLUDE, 0, AliasMember.INCLUDE.length())
        ? Optional.of(Replies.TO_INCLUDE)
        : Optional.empty();
  }

  private void add(Target target) {
    targets.add(target);
  }

  private void fail(ReplyText reply, String why) {
    failures.add(reply);
    because.add(Replies.rule(why));
  }

  /** A list of thousands is no good evidence. */
  private static Evidence shortened(TableLine line) {
    String text = line.key() + ": " + line.value();
    return new Evidence(
        line.file(), line.line(), text.length() > 200 ? text.substring(0, 200) + "..." : text);
  }
}

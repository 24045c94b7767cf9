package org.malleposte.sieve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.malleposte.mailbox.Flags;
import org.malleposte.mime.HeaderField;
import org.malleposte.mime.MimeText;
import org.malleposte.sieve.SieveAction.Place;

/** One script, with those it includes, run over one mail. Belongs to one thread. */
final class ScriptRun {
  /** Where a command leads. */
  private enum Next {
    COMMAND,
    /** Out of this script; who includes it goes on (RFC 6609 §3.3). */
    RETURN,
    STOP
  }

  private final MailView mail;
  private final FilterContext context;
  private final Plan plan;
  private final HeaderEdits header;
  private final Effort effort;
  private final Set<String> included = new HashSet<>();
  private final Set<String> flags = new LinkedHashSet<>();
  private boolean implicitKeep = true;
  private Optional<Flags> explicitKeep = Optional.empty();
  private Variables variables;
  private TestRun tests;
  private int depth;
  private int includes;

  /**
   * @param header shared by all scripts of the mail
   */
  ScriptRun(MailView mail, FilterContext context, Plan plan, HeaderEdits header, Effort effort) {
    this.mail = mail;
    this.context = context;
    this.plan = plan;
    this.header = header;
    this.effort = effort;
    use(new Variables(new java.util.HashMap<>(), effort));
  }

  /**
   * Runs it. Blocks on the mail's body.
   *
   * @return with which flags the mail is kept; empty: it is not
   */
  Optional<Flags> run(SieveScript script) throws ScriptFailedException, IOException {
    run(script.commands());
    return implicitKeep && explicitKeep.isEmpty()
        ? Optional.of(FlagWords.flags(flags))
        : explicitKeep;
  }

  private void use(Variables other) {
    variables = other;
    tests = new TestRun(mail, context, plan, header, other, flags, effort);
  }

  private Next run(List<SieveCommand> commands) throws ScriptFailedException, IOException {
    for (var command : commands) {
      effort.spend(1);
      var next = run(command);
      if (next != Next.COMMAND) {
        return next;
      }
    }
    return Next.COMMAND;
  }

  private Next run(SieveCommand command) throws ScriptFailedException, IOException {
    switch (command) {
      case SieveCommand.If branches -> {
        return branch(branches);
      }
      case SieveCommand.Stop _ -> {
        return Next.STOP;
      }
      case SieveCommand.Return _ -> {
        return Next.RETURN;
      }
      case SieveCommand.Include include -> {
        return include(include);
      }
      case SieveCommand.Fail(int line, var message) ->
          throw new ScriptFailedException(line, variables.expand(message));
      case SieveCommand.Keep(int _, var own) -> {
        explicitKeep = Optional.of(flags(own));
        implicitKeep = false;
      }
      case SieveCommand.Discard _ -> implicitKeep = false;
      case SieveCommand.Redirect redirect -> redirect(redirect);
      case SieveCommand.FileInto(
              int line,
              var mailbox,
              boolean copy,
              boolean create,
              var use,
              var own) -> {
        plan.store(place(line, mailbox, create, use), flags(own), header.edited());
        implicitKeep &= copy;
      }
      case SieveCommand.Reject(int _, var reason) -> {
        plan.reject(cut(variables.expand(reason)));
        implicitKeep = false;
      }
      case SieveCommand.ChangeFlags change -> changeFlags(change);
      case SieveCommand.SetVariable(int _, var name, var value, var modifiers) ->
          variables.set(name, Variables.modified(variables.expand(value), modifiers));
      case SieveCommand.Global(int _, var names) -> variables.share(names);
      case SieveCommand.Vacation vacation -> vacation(vacation);
      case SieveCommand.AddHeader add -> addHeader(add);
      case SieveCommand.DeleteHeader delete -> deleteHeader(delete);
    }
    return Next.COMMAND;
  }

  private Next branch(SieveCommand.If branches) throws ScriptFailedException, IOException {
    for (var branch : branches.branches()) {
      if (tests.holds(branch.test())) {
        return run(branch.block());
      }
    }
    return run(branches.otherwise());
  }

  private Next include(SieveCommand.Include include) throws ScriptFailedException, IOException {
    if (!included.add(include.name()) && include.once()) {
      return Next.COMMAND;
    }
    if (include.script().isEmpty()) {
      if (include.optional()) {
        return Next.COMMAND;
      }
      throw new ScriptFailedException(include.line(), "no script " + include.name());
    }
    if (++depth > SieveLimits.INCLUDE_DEPTH_MAX || ++includes > SieveLimits.INCLUDES_MAX) {
      throw new ScriptFailedException(include.line(), "too many scripts are included");
    }
    var outer = variables;
    use(outer.ofIncluded());
    var next = run(include.script().get());
    use(outer);
    depth--;
    return next == Next.RETURN ? Next.COMMAND : next;
  }

  private Flags flags(Optional<List<Text>> own) throws ScriptFailedException {
    return FlagWords.flags(own.isPresent() ? FlagWords.of(expanded(own.get())) : flags);
  }

  private List<String> expanded(List<Text> texts) throws ScriptFailedException {
    var strings = new ArrayList<String>(texts.size());
    for (Text text : texts) {
      strings.add(variables.expand(text));
    }
    return strings;
  }

  private Place place(int line, Text mailbox, boolean create, Optional<Text> use)
      throws ScriptFailedException {
    String name = variables.expand(mailbox);
    if (!TestRun.isMailbox(name)) {
      throw new ScriptFailedException(line, "\"" + name + "\" cannot be the name of a mailbox");
    }
    return new Place(
        name,
        create,
        use.isPresent() ? Optional.of(variables.expand(use.get())) : Optional.empty());
  }

  private void redirect(SieveCommand.Redirect redirect) throws ScriptFailedException {
    String address = variables.expand(redirect.address());
    var to = Addresses.single(address);
    if (to.isEmpty()) {
      throw new ScriptFailedException(redirect.line(), "\"" + address + "\" is not an address");
    }
    plan.redirect(to.get(), header.edited());
    implicitKeep &= redirect.copy();
  }

  private void changeFlags(SieveCommand.ChangeFlags change) throws ScriptFailedException {
    var words = FlagWords.of(expanded(change.flags()));
    if (change.variable().isEmpty()) {
      changed(flags, change.how(), words);
      return;
    }
    String name = change.variable().get();
    var values = FlagWords.of(List.of(variables.get(name)));
    changed(values, change.how(), words);
    variables.set(name, String.join(" ", values));
  }

  private static void changed(Set<String> flags, SieveCommand.FlagChange how, Set<String> words) {
    switch (how) {
      case SET -> {
        flags.clear();
        flags.addAll(words);
      }
      case ADD -> words.forEach(word -> FlagWords.add(flags, word));
      case REMOVE -> words.forEach(word -> flags.removeIf(word::equalsIgnoreCase));
    }
  }

  private void vacation(SieveCommand.Vacation vacation) throws ScriptFailedException {
    String reason = cut(variables.expand(vacation.reason()));
    var own = expanded(vacation.addresses());
    var subject = expanded(vacation.subject());
    var from = expanded(vacation.from());
    var handle = expanded(vacation.handle());
    if (VacationRules.silence(header.fields(), context, own).isPresent()) {
      return;
    }
    var to = context.from().address().orElseThrow(); // else there is silence
    // RFC 5230 §4.2: without a handle, what the answer says.
    String what =
        handle.orElse(
            subject.orElse("") + "\n" + from.orElse("") + "\n" + vacation.mime() + reason);
    var fcc = vacation.fcc();
    Optional<Place> copy =
        fcc.isPresent()
            ? Optional.of(
                place(vacation.line(), fcc.get().mailbox(), fcc.get().create(), fcc.get().use()))
            : Optional.empty();
    plan.reply(
        new SieveAction.Reply(
            to,
            from,
            subject.orElseGet(this::answeredSubject),
            vacation.mime(),
            reason,
            key(what + "\n" + Arguments.lower(to.toString())),
            vacation.seconds(),
            copy,
            fcc.isPresent() && fcc.get().flags().isPresent()
                ? flags(fcc.get().flags())
                : Flags.NONE));
  }

  private Optional<String> expanded(Optional<Text> text) throws ScriptFailedException {
    return text.isPresent() ? Optional.of(variables.expand(text.get())) : Optional.empty();
  }

  /** RFC 5230 §4.3. */
  private String answeredSubject() {
    return "Auto: "
        + header.all("Subject").stream()
            .findFirst()
            .map(HeaderField::value)
            .map(MimeText::decodeField)
            .orElse("your message");
  }

  private void addHeader(SieveCommand.AddHeader add) throws ScriptFailedException {
    String name = variables.expand(add.name());
    if (!HeaderEdits.isName(name)) {
      throw new ScriptFailedException(add.line(), "\"" + name + "\" cannot be a field's name");
    }
    header.add(name, variables.expand(add.value()), add.last());
  }

  private void deleteHeader(SieveCommand.DeleteHeader delete)
      throws ScriptFailedException, IOException {
    String name = variables.expand(delete.name());
    var meant = new HashSet<Integer>();
    var all = header.all(name);
    for (int i = 0; i < all.size(); i++) {
      boolean here =
          delete.index().isEmpty() || i == TestRun.position(delete.index().get(), all.size());
      if (here
          && (delete.values().isEmpty()
              || tests.matches(
                  List.of(TestRun.text(all.get(i))), delete.values(), delete.match()))) {
        meant.add(i);
      }
    }
    var number = new int[1];
    header.delete(name, _ -> meant.contains(number[0]++));
  }

  private static String cut(String reason) {
    return reason.substring(0, Math.min(reason.length(), SieveLimits.REASON_MAX_CHARACTERS));
  }

  /** A name for something of any length. */
  static String key(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}

package org.malleposte.sieve;

import java.io.IOException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mime.HeaderField;
import org.malleposte.mime.MimeText;
import org.malleposte.sieve.Match.Comparator;

/** Tests of one script over one mail. Belongs to its {@link ScriptRun}. */
final class TestRun {
  private final MailView mail;
  private final FilterContext context;
  private final Plan plan;
  private final HeaderEdits header;
  private final Variables variables;
  private final Set<String> flags;
  private final Effort effort;

  TestRun(
      MailView mail,
      FilterContext context,
      Plan plan,
      HeaderEdits header,
      Variables variables,
      Set<String> flags,
      Effort effort) {
    this.mail = mail;
    this.context = context;
    this.plan = plan;
    this.header = header;
    this.variables = variables;
    this.flags = flags;
    this.effort = effort;
  }

  boolean holds(SieveTest test) throws ScriptFailedException, IOException {
    effort.spend(1);
    return switch (test) {
      case SieveTest.Always(boolean value) -> value;
      case SieveTest.Not(var inner) -> !holds(inner);
      case SieveTest.AllOf(var tests) -> allOf(tests);
      case SieveTest.AnyOf(var tests) -> anyOf(tests);
      case SieveTest.Exists(var names) -> exists(names);
      case SieveTest.Size(boolean over, long bytes) ->
          over ? mail.sizeBytes() > bytes : mail.sizeBytes() < bytes;
      case SieveTest.Header(var names, var keys, var match, var index) ->
          matches(fields(names, index).stream().map(TestRun::text).toList(), keys, match);
      case SieveTest.Address address ->
          matches(addresses(address), address.keys(), address.match());
      case SieveTest.EnvelopeOf envelope ->
          matches(envelope(envelope), envelope.keys(), envelope.match());
      case SieveTest.Strings(var sources, var keys, var match) -> strings(sources, keys, match);
      case SieveTest.HasFlag hasFlag -> hasFlag(hasFlag);
      case SieveTest.DateOf date -> matches(date(date), date.keys(), date.match());
      case SieveTest.Body(var transform, var keys, var match) ->
          matches(body(transform), keys, match);
      case SieveTest.MailboxExists(var names) -> mailboxesExist(names);
      case SieveTest.SpecialUseExists(var mailbox, var uses) -> usesExist(mailbox, uses);
      case SieveTest.Environment(var item, var keys, var match) ->
          matches(environment(variables.expand(item)), keys, match);
      case SieveTest.Duplicate duplicate -> duplicate(duplicate);
    };
  }

  private boolean allOf(List<SieveTest> tests) throws ScriptFailedException, IOException {
    for (var test : tests) {
      if (!holds(test)) {
        return false;
      }
    }
    return true;
  }

  private boolean anyOf(List<SieveTest> tests) throws ScriptFailedException, IOException {
    for (var test : tests) {
      if (holds(test)) {
        return true;
      }
    }
    return false;
  }

  private boolean exists(List<Text> names) throws ScriptFailedException {
    for (Text name : names) {
      if (header.all(variables.expand(name)).isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private List<HeaderField> fields(List<Text> names, Optional<SieveTest.Index> index)
      throws ScriptFailedException {
    var found = new ArrayList<HeaderField>();
    for (Text name : names) {
      var all = header.all(variables.expand(name));
      if (index.isEmpty()) {
        found.addAll(all);
      } else {
        int at = position(index.get(), all.size());
        if (at >= 0 && at < all.size()) {
          found.add(all.get(at));
        }
      }
    }
    return found;
  }

  /** From 0; outside of the list when there is none. */
  static int position(SieveTest.Index index, int size) {
    return index.fromEnd() ? size - index.number() : index.number() - 1;
  }

  /** A field's value as a person reads it (RFC 5228 §2.7.2). */
  static String text(HeaderField field) {
    return MimeText.decodeField(field.value());
  }

  private List<String> addresses(SieveTest.Address test) throws ScriptFailedException {
    var found = new ArrayList<String>();
    for (var field : fields(test.fields(), test.index())) {
      var addresses = Addresses.all(field.value());
      if (addresses.isEmpty() && test.part() == AddressPart.ALL) {
        found.add(text(field)); // what cannot be read is compared as it stands
      }
      addresses.forEach(a -> Addresses.part(a, test.part()).ifPresent(found::add));
    }
    return found;
  }

  private List<String> envelope(SieveTest.EnvelopeOf test) throws ScriptFailedException {
    var found = new ArrayList<String>();
    for (Text part : test.parts()) {
      switch (variables.expand(part).toLowerCase(Locale.ROOT)) {
        // RFC 5228 §5.4: the null sender is the empty string, whatever part is asked for.
        case "from" ->
            found.addAll(
                context
                    .from()
                    .address()
                    .map(a -> Addresses.part(a, test.part()).stream().toList())
                    .orElse(List.of("")));
        case "to", "orig_to" ->
            Addresses.part(context.recipient(), test.part()).ifPresent(found::add);
        case "auth" -> context.authenticated().ifPresent(a -> found.add(a.value()));
        default -> {}
      }
    }
    return found;
  }

  private boolean strings(List<Text> sources, List<Text> keys, Match match)
      throws ScriptFailedException {
    var values = new ArrayList<String>();
    for (Text source : sources) {
      values.add(variables.expand(source));
    }
    // RFC 5229 §5: strings that are not empty are counted.
    return match.type() instanceof Match.Type.Count
        ? matches(values.stream().filter(v -> !v.isEmpty()).toList(), keys, match)
        : matches(values, keys, match);
  }

  private boolean hasFlag(SieveTest.HasFlag test) throws ScriptFailedException {
    var values = new ArrayList<String>();
    if (test.variables().isEmpty()) {
      values.addAll(flags);
    }
    for (String variable : test.variables()) {
      values.addAll(FlagWords.of(List.of(variables.get(variable))));
    }
    var keys = new ArrayList<Text>();
    for (Text key : test.keys()) {
      for (String word : variables.expand(key).strip().split("\\s+")) {
        keys.add(Text.of(word));
      }
    }
    return matches(values, keys, test.match());
  }

  private List<String> date(SieveTest.DateOf test) throws ScriptFailedException {
    Optional<OffsetDateTime> date = Optional.of(context.now().atOffset(ZoneOffset.UTC));
    if (test.field().isPresent()) {
      var index = test.index().or(() -> Optional.of(new SieveTest.Index(1, false)));
      date =
          fields(List.of(test.field().get()), index).stream()
              .findFirst()
              .flatMap(field -> DateParts.parse(text(field)));
    }
    if (date.isEmpty()) {
      return List.of();
    }
    var zone =
        switch (test.zone()) {
          case SieveTest.Zone.Original _ -> date.get().getOffset();
          case SieveTest.Zone.Local _ -> ZoneOffset.UTC;
          case SieveTest.Zone.Fixed(var offset) ->
              DateParts.zone(variables.expand(offset)).orElse(ZoneOffset.UTC);
        };
    return List.of(DateParts.part(date.get().withOffsetSameInstant(zone), test.part()));
  }

  private List<String> body(SieveTest.Transform transform)
      throws ScriptFailedException, IOException {
    var texts =
        switch (transform) {
          case SieveTest.Transform.Raw _ -> List.of(BodyText.raw(mail));
          case SieveTest.Transform.Plain _ -> BodyText.texts(mail);
          case SieveTest.Transform.Content(var types) -> {
            var wanted = new ArrayList<String>();
            for (Text type : types) {
              wanted.add(variables.expand(type));
            }
            yield BodyText.contents(mail, wanted);
          }
        };
    effort.spend(texts.stream().mapToLong(String::length).sum());
    return texts;
  }

  private boolean mailboxesExist(List<Text> names) throws ScriptFailedException {
    for (Text name : names) {
      String mailbox = variables.expand(name);
      effort.spend(1000);
      if (!isMailbox(mailbox) || !context.world().mailboxExists(mailbox)) {
        return false;
      }
    }
    return true;
  }

  static boolean isMailbox(String name) {
    try {
      return !new MailboxName(name).value().isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean usesExist(Optional<Text> mailbox, List<Text> uses) throws ScriptFailedException {
    Optional<String> name =
        mailbox.isPresent() ? Optional.of(variables.expand(mailbox.get())) : Optional.empty();
    for (Text use : uses) {
      effort.spend(1000);
      if (!context.world().hasUse(name, variables.expand(use))) {
        return false;
      }
    }
    return true;
  }

  /** RFC 5183 §4; what is not known does not match. */
  private List<String> environment(String item) {
    String host = context.host();
    return switch (item.toLowerCase(Locale.ROOT)) {
      case "domain" -> List.of(host.substring(host.indexOf('.') + 1));
      case "host" -> List.of(host);
      case "location" -> List.of("MS");
      case "name" -> List.of("Malleposte Sieve");
      case "phase" -> List.of("during");
      case "remote-host" -> List.of(context.client().helo());
      case "remote-ip" -> List.of(context.client().address());
      default -> List.of();
    };
  }

  /** RFC 7352 §3.1: asking remembers, once the mail is done with. */
  private boolean duplicate(SieveTest.Duplicate test) throws ScriptFailedException {
    String handle = test.handle().isPresent() ? variables.expand(test.handle().get()) : "";
    String what = "Message-ID";
    String value;
    switch (test.unique().orElse(new SieveTest.Unique.Field(Text.of("Message-ID")))) {
      case SieveTest.Unique.Field(var name) -> {
        what = variables.expand(name).toLowerCase(Locale.ROOT);
        var field = header.all(what).stream().findFirst();
        if (field.isEmpty()) {
          return false;
        }
        value = text(field.get());
      }
      case SieveTest.Unique.Value(var text) -> {
        what = "";
        value = variables.expand(text);
      }
    }
    String key = ScriptRun.key(handle + "\n" + what + "\n" + value);
    boolean seen = context.world().seen(key);
    if (!seen || test.last()) {
      plan.remember(key, test.seconds());
    }
    return seen;
  }

  /** Whether one of the values matches one of the keys. */
  boolean matches(List<String> values, List<Text> keys, Match match) throws ScriptFailedException {
    var expanded = new ArrayList<String>();
    for (Text key : keys) {
      expanded.add(variables.expand(key));
    }
    if (match.type() instanceof Match.Type.Count(var relation)) {
      String count = Integer.toString(values.size());
      return expanded.stream()
          .anyMatch(key -> relation.holds(match.comparator().compare(count, key)));
    }
    for (String value : values) {
      for (String key : expanded) {
        if (matches(value, key, match)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean matches(String value, String key, Match match) throws ScriptFailedException {
    effort.spend(1 + (long) value.length());
    Comparator comparator = match.comparator();
    return switch (match.type()) {
      case Match.Type.Is _ -> comparator.compare(value, key) == 0;
      case Match.Type.Contains _ -> contains(comparator.folded(value), comparator.folded(key));
      case Match.Type.Matches _ -> {
        var found = Glob.of(comparator.folded(key)).match(value, comparator.folded(value), effort);
        found.ifPresent(variables::matched);
        yield found.isPresent();
      }
      case Match.Type.Value(var relation) -> relation.holds(comparator.compare(value, key));
      case Match.Type.Count _ -> throw new IllegalStateException("counted before");
    };
  }

  // String.contains compares at each place: what could be long at both is paid for.
  private boolean contains(String value, String key) throws ScriptFailedException {
    if (key.length() > 64) {
      effort.spend((long) value.length() * (key.length() / 64));
    }
    return value.contains(key);
  }
}

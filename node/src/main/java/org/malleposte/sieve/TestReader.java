package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Gives tests their meaning, and checks them. Belongs to one script's reading. */
final class TestReader {
  private static final Set<String> ADDRESS_FIELDS =
      Set.of(
          "from",
          "to",
          "cc",
          "bcc",
          "sender",
          "reply-to",
          "resent-from",
          "resent-to",
          "resent-cc",
          "resent-bcc",
          "resent-sender",
          "resent-reply-to",
          "return-path",
          "delivered-to",
          "x-original-to",
          "envelope-to",
          "disposition-notification-to",
          "return-receipt-to",
          "errors-to",
          "abuse-reports-to",
          "list-post",
          "mail-followup-to",
          "mail-reply-to",
          "apparently-to",
          "x-forwarded-to",
          "x-forwarded-for");
  private static final Set<String> DATE_PARTS =
      Set.of(
          "year", "month", "day", "date", "julian", "hour", "minute", "second", "time", "iso8601",
          "std11", "zone", "weekday");

  private final Set<SieveExtension> active;

  /**
   * @param active what has been required; {@code ihave} adds to it
   */
  TestReader(Set<SieveExtension> active) {
    this.active = active;
  }

  SieveTest read(SyntaxNode node) throws BadScriptException {
    var arguments = new Arguments(node, active);
    boolean nests = Set.of("allof", "anyof", "not").contains(node.name());
    if (!nests && !node.tests().isEmpty()) {
      throw arguments.error("'" + node.name() + "' takes no test", "separate tests by allof");
    }
    var test =
        switch (node.name()) {
          case "allof" -> allOf(node, arguments);
          case "anyof" -> anyOf(node, arguments);
          case "not" -> not(node, arguments);
          case "true" -> new SieveTest.Always(true);
          case "false" -> new SieveTest.Always(false);
          case "address" -> address(arguments);
          case "envelope" -> envelope(arguments);
          case "exists" -> new SieveTest.Exists(fields(arguments));
          case "header" -> header(arguments);
          case "size" -> size(arguments);
          case "hasflag" -> hasFlag(arguments);
          case "string" -> string(arguments);
          case "date", "currentdate" -> date(node.name(), arguments);
          case "body" -> body(arguments);
          case "mailboxexists" -> {
            arguments.needs(SieveExtension.MAILBOX, "mailboxexists");
            yield new SieveTest.MailboxExists(arguments.texts());
          }
          case "specialuse_exists" -> specialUse(arguments);
          case "environment" -> environment(arguments);
          case "duplicate" -> duplicate(arguments);
          case "ihave" -> ihave(arguments);
          default -> throw unknown(arguments, node.name());
        };
    arguments.end();
    return test;
  }

  private static BadScriptException unknown(Arguments arguments, String name) {
    return arguments.error("there is no test '" + name + "'", "see how it is spelled");
  }

  /** Whether the test can never hold, whatever the mail: then what it guards need not be known. */
  static boolean isNever(SieveTest test) {
    return switch (test) {
      case SieveTest.Always(boolean value) -> !value;
      case SieveTest.AllOf(var tests) -> tests.stream().anyMatch(TestReader::isNever);
      case SieveTest.AnyOf(var tests) -> tests.stream().allMatch(TestReader::isNever);
      case SieveTest.Not(SieveTest.Always(boolean value)) -> value;
      case SieveTest.Not _,
          SieveTest.Address _,
          SieveTest.EnvelopeOf _,
          SieveTest.Exists _,
          SieveTest.Header _,
          SieveTest.Size _,
          SieveTest.HasFlag _,
          SieveTest.Strings _,
          SieveTest.DateOf _,
          SieveTest.Body _,
          SieveTest.MailboxExists _,
          SieveTest.SpecialUseExists _,
          SieveTest.Environment _,
          SieveTest.Duplicate _ ->
          false;
    };
  }

  private SieveTest allOf(SyntaxNode node, Arguments arguments) throws BadScriptException {
    var tests = new ArrayList<SieveTest>();
    for (var inner : atLeastOne(node, arguments)) {
      // RFC 5463 §4: behind an ihave that fails nothing is looked at.
      tests.add(!tests.isEmpty() && isNever(tests.getLast()) ? tests.getLast() : read(inner));
    }
    return new SieveTest.AllOf(List.copyOf(tests));
  }

  private SieveTest anyOf(SyntaxNode node, Arguments arguments) throws BadScriptException {
    var tests = new ArrayList<SieveTest>();
    for (var inner : atLeastOne(node, arguments)) {
      tests.add(read(inner));
    }
    return new SieveTest.AnyOf(List.copyOf(tests));
  }

  private SieveTest not(SyntaxNode node, Arguments arguments) throws BadScriptException {
    if (node.tests().size() != 1) {
      throw arguments.error("'not' takes one test", "use not anyof");
    }
    return new SieveTest.Not(read(node.tests().getFirst()));
  }

  private static List<SyntaxNode> atLeastOne(SyntaxNode node, Arguments arguments)
      throws BadScriptException {
    if (node.tests().isEmpty()) {
      throw arguments.error("'" + node.name() + "' lacks its tests", "write them in parentheses");
    }
    return node.tests();
  }

  private static List<Text> fields(Arguments arguments) throws BadScriptException {
    var fields = arguments.texts();
    for (Text field : fields) {
      if (field instanceof Text.Constant(var name) && !HeaderEdits.isName(name)) {
        throw arguments.error("\"" + name + "\" is not the name of a field", "use another");
      }
    }
    return fields;
  }

  private static SieveTest address(Arguments arguments) throws BadScriptException {
    var match = MatchReader.match(arguments);
    var part = MatchReader.addressPart(arguments);
    var index = MatchReader.index(arguments);
    var fields = fields(arguments);
    for (Text field : fields) {
      if (field instanceof Text.Constant(var name)
          && !ADDRESS_FIELDS.contains(Arguments.lower(name))) {
        throw arguments.error("the field \"" + name + "\" has no addresses", "use 'header'");
      }
    }
    return new SieveTest.Address(fields, part, arguments.texts(), match, index);
  }

  private static SieveTest envelope(Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.ENVELOPE, "'envelope'");
    var match = MatchReader.match(arguments);
    var part = MatchReader.addressPart(arguments);
    var parts = arguments.texts();
    for (Text name : parts) {
      if (name instanceof Text.Constant(var word)
          && !Set.of("from", "to", "auth", "orig_to").contains(Arguments.lower(word))) {
        throw arguments.error("the envelope has no \"" + word + "\"", "use \"from\" or \"to\"");
      }
    }
    return new SieveTest.EnvelopeOf(parts, part, arguments.texts(), match);
  }

  private static SieveTest header(Arguments arguments) throws BadScriptException {
    var match = MatchReader.match(arguments);
    var index = MatchReader.index(arguments);
    return new SieveTest.Header(fields(arguments), arguments.texts(), match, index);
  }

  private static SieveTest size(Arguments arguments) throws BadScriptException {
    OptionalLong over = arguments.number("over");
    OptionalLong under = arguments.number("under");
    if (over.isPresent() == under.isPresent()) {
      throw arguments.error("'size' takes either :over or :under", "keep one");
    }
    return new SieveTest.Size(
        over.isPresent(), over.isPresent() ? over.getAsLong() : under.getAsLong());
  }

  private static SieveTest hasFlag(Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.IMAP4FLAGS, "'hasflag'");
    var match = MatchReader.match(arguments);
    List<String> variables = List.of();
    if (arguments.remaining() > 1) {
      arguments.needs(SieveExtension.VARIABLES, "a variable for flags");
      variables = arguments.constants().stream().map(Arguments::lower).toList();
    }
    return new SieveTest.HasFlag(variables, arguments.texts(), match);
  }

  private static SieveTest string(Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.VARIABLES, "'string'");
    var match = MatchReader.match(arguments);
    return new SieveTest.Strings(arguments.texts(), arguments.texts(), match);
  }

  private static SieveTest date(String name, Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.DATE, "'" + name + "'");
    var match = MatchReader.match(arguments);
    var index = MatchReader.index(arguments);
    var zone = arguments.text("zone");
    boolean original = arguments.flag("originalzone");
    if (zone.isPresent() && original) {
      throw arguments.error("both :zone and :originalzone", "keep one");
    }
    Optional<Text> field = name.equals("date") ? Optional.of(arguments.text()) : Optional.empty();
    if (field.isEmpty() && (original || index.isPresent())) {
      throw arguments.error("'currentdate' has no :originalzone and no :index", "remove it");
    }
    String part = arguments.constant().toLowerCase(Locale.ROOT);
    if (!DATE_PARTS.contains(part)) {
      throw arguments.error("a date has no \"" + part + "\"", "see RFC 5260 §4.2");
    }
    SieveTest.Zone where = new SieveTest.Zone.Local();
    if (original) {
      where = new SieveTest.Zone.Original();
    } else if (zone.isPresent()) {
      where = new SieveTest.Zone.Fixed(zone.get());
    }
    return new SieveTest.DateOf(field, where, part, arguments.texts(), match, index);
  }

  private static SieveTest body(Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.BODY, "'body'");
    var match = MatchReader.match(arguments);
    boolean raw = arguments.flag("raw");
    boolean plain = arguments.flag("text");
    var content = arguments.texts("content");
    if ((raw ? 1 : 0) + (plain ? 1 : 0) + (content.isPresent() ? 1 : 0) > 1) {
      throw arguments.error("more than one of :raw, :content and :text", "keep one");
    }
    SieveTest.Transform transform = new SieveTest.Transform.Plain();
    if (raw) {
      transform = new SieveTest.Transform.Raw();
    } else if (content.isPresent()) {
      transform = new SieveTest.Transform.Content(content.get());
    }
    return new SieveTest.Body(transform, arguments.texts(), match);
  }

  private static SieveTest specialUse(Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.SPECIAL_USE, "'specialuse_exists'");
    Optional<Text> mailbox =
        arguments.remaining() > 1 ? Optional.of(arguments.text()) : Optional.empty();
    return new SieveTest.SpecialUseExists(mailbox, arguments.texts());
  }

  private static SieveTest environment(Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.ENVIRONMENT, "'environment'");
    var match = MatchReader.match(arguments);
    return new SieveTest.Environment(arguments.text(), arguments.texts(), match);
  }

  private static SieveTest duplicate(Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.DUPLICATE, "'duplicate'");
    var handle = arguments.text("handle");
    var header = arguments.text("header");
    var unique = arguments.text("uniqueid");
    if (header.isPresent() && unique.isPresent()) {
      throw arguments.error("both :header and :uniqueid", "keep one");
    }
    long seconds = arguments.number("seconds").orElse(SieveLimits.DUPLICATE_DEFAULT.toSeconds());
    boolean last = arguments.flag("last");
    Optional<SieveTest.Unique> what =
        header
            .<SieveTest.Unique>map(SieveTest.Unique.Field::new)
            .or(() -> unique.map(SieveTest.Unique.Value::new));
    return new SieveTest.Duplicate(
        handle, what, Math.clamp(seconds, 0, SieveLimits.DUPLICATE_MAX.toSeconds()), last);
  }

  /** RFC 5463 §4: what is here counts as required from now on. */
  private SieveTest ihave(Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.IHAVE, "'ihave'");
    var wanted = EnumSet.noneOf(SieveExtension.class);
    for (String word : arguments.constants()) {
      var found = SieveExtension.find(word);
      if (found.isEmpty()) {
        return new SieveTest.Always(false);
      }
      wanted.add(found.get());
    }
    active.addAll(wanted);
    return new SieveTest.Always(true);
  }
}

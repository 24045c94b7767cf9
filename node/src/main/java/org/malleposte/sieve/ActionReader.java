package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.malleposte.sieve.SieveCommand.FlagChange;
import org.malleposte.sieve.SieveCommand.Modifier;

/** Reads the commands that do something to the mail or to variables. */
final class ActionReader {
  private static final long DAY_SECONDS = 86_400;

  private ActionReader() {}

  static SieveCommand read(String name, int line, Arguments arguments) throws BadScriptException {
    return switch (name) {
      case "keep" -> new SieveCommand.Keep(line, flags(arguments));
      case "discard" -> new SieveCommand.Discard(line);
      case "redirect" -> redirect(line, arguments);
      case "fileinto" -> fileInto(line, arguments);
      case "reject" -> {
        arguments.needs(SieveExtension.REJECT, "'reject'");
        yield new SieveCommand.Reject(line, arguments.text());
      }
      case "ereject" -> {
        arguments.needs(SieveExtension.EREJECT, "'ereject'");
        yield new SieveCommand.Reject(line, arguments.text());
      }
      case "setflag" -> changeFlags(line, FlagChange.SET, arguments);
      case "addflag" -> changeFlags(line, FlagChange.ADD, arguments);
      case "removeflag" -> changeFlags(line, FlagChange.REMOVE, arguments);
      case "set" -> set(line, arguments);
      case "vacation" -> vacation(line, arguments);
      case "addheader" -> addHeader(line, arguments);
      case "deleteheader" -> deleteHeader(line, arguments);
      default -> throw arguments.error("there is no command '" + name + "'", "see its spelling");
    };
  }

  private static Optional<List<Text>> flags(Arguments arguments) throws BadScriptException {
    var flags = arguments.texts("flags");
    if (flags.isPresent()) {
      arguments.needs(SieveExtension.IMAP4FLAGS, ":flags");
    }
    return flags;
  }

  private static SieveCommand redirect(int line, Arguments arguments) throws BadScriptException {
    boolean copy = arguments.flag("copy", SieveExtension.COPY);
    Text address = arguments.text();
    checkAddress(arguments, address);
    return new SieveCommand.Redirect(line, address, copy);
  }

  private static void checkAddress(Arguments arguments, Text text) throws BadScriptException {
    if (text instanceof Text.Constant(var address) && Addresses.single(address).isEmpty()) {
      throw arguments.error("\"" + address + "\" is not an address", "write local@domain");
    }
  }

  private static SieveCommand fileInto(int line, Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.FILEINTO, "'fileinto'");
    boolean copy = arguments.flag("copy", SieveExtension.COPY);
    boolean create = arguments.flag("create", SieveExtension.MAILBOX);
    var use = specialUse(arguments);
    var flags = flags(arguments);
    return new SieveCommand.FileInto(line, arguments.text(), copy, create, use, flags);
  }

  private static Optional<Text> specialUse(Arguments arguments) throws BadScriptException {
    var use = arguments.text("specialuse");
    if (use.isPresent()) {
      arguments.needs(SieveExtension.SPECIAL_USE, ":specialuse");
    }
    return use;
  }

  private static SieveCommand changeFlags(int line, FlagChange how, Arguments arguments)
      throws BadScriptException {
    arguments.needs(SieveExtension.IMAP4FLAGS, "a command for flags");
    Optional<String> variable = Optional.empty();
    if (arguments.remaining() > 1) {
      arguments.needs(SieveExtension.VARIABLES, "a variable for flags");
      variable = Optional.of(variable(arguments, arguments.constant()));
    }
    return new SieveCommand.ChangeFlags(line, how, variable, arguments.texts());
  }

  private static SieveCommand set(int line, Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.VARIABLES, "'set'");
    var modifiers = new ArrayList<Modifier>();
    for (var modifier : Modifier.values()) {
      if (arguments.flag(Arguments.lower(modifier.name()))) {
        modifiers.add(modifier);
      }
    }
    modifiers.sort(Comparator.comparingInt(Modifier::precedence).reversed());
    for (int i = 1; i < modifiers.size(); i++) {
      // RFC 5229 §4.1
      if (modifiers.get(i).precedence() == modifiers.get(i - 1).precedence()) {
        throw arguments.error("two modifiers exclude each other", "keep one");
      }
    }
    String name = variable(arguments, arguments.constant());
    return new SieveCommand.SetVariable(line, name, arguments.text(), List.copyOf(modifiers));
  }

  static List<String> variables(Arguments arguments) throws BadScriptException {
    var names = new ArrayList<String>();
    for (String name : arguments.constants()) {
      names.add(variable(arguments, name));
    }
    return List.copyOf(names);
  }

  private static String variable(Arguments arguments, String name) throws BadScriptException {
    boolean legal =
        !name.isEmpty()
            && name.length() <= SieveLimits.VARIABLE_NAME_MAX_CHARACTERS
            && !Character.isDigit(name.charAt(0))
            && name.chars().allMatch(c -> c < 0x80 && (Character.isLetterOrDigit(c) || c == '_'));
    if (!legal) {
      throw arguments.error(
          "\"" + name + "\" cannot be the name of a variable", "use letters, digits and _");
    }
    return Arguments.lower(name);
  }

  private static SieveCommand vacation(int line, Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.VACATION, "'vacation'");
    var days = arguments.number("days");
    var seconds = arguments.number("seconds");
    if (seconds.isPresent()) {
      arguments.needs(SieveExtension.VACATION_SECONDS, ":seconds");
    }
    if (days.isPresent() && seconds.isPresent()) {
      throw arguments.error("both :days and :seconds", "keep one");
    }
    long max = SieveLimits.VACATION_MAX.toSeconds();
    long pause = SieveLimits.VACATION_DEFAULT.toSeconds();
    if (seconds.isPresent()) {
      pause = Math.clamp(seconds.getAsLong(), 0, max);
    } else if (days.isPresent()) {
      pause = Math.clamp(days.getAsLong(), 1, max / DAY_SECONDS) * DAY_SECONDS;
    }
    var subject = arguments.text("subject");
    var from = arguments.text("from");
    if (from.isPresent()) {
      checkAddress(arguments, from.get());
    }
    var addresses = arguments.texts("addresses").orElse(List.of());
    boolean mime = arguments.flag("mime");
    var handle = arguments.text("handle");
    var fcc = fcc(arguments);
    return new SieveCommand.Vacation(
        line, pause, subject, from, addresses, mime, handle, arguments.text(), fcc);
  }

  /** RFC 8580 §3. */
  private static Optional<SieveCommand.Fcc> fcc(Arguments arguments) throws BadScriptException {
    var mailbox = arguments.text("fcc");
    if (mailbox.isEmpty()) {
      return Optional.empty();
    }
    arguments.needs(SieveExtension.FCC, ":fcc");
    boolean create = arguments.flag("create", SieveExtension.MAILBOX);
    var use = specialUse(arguments);
    return Optional.of(new SieveCommand.Fcc(mailbox.get(), create, use, flags(arguments)));
  }

  private static SieveCommand addHeader(int line, Arguments arguments) throws BadScriptException {
    arguments.needs(SieveExtension.EDITHEADER, "'addheader'");
    boolean last = arguments.flag("last");
    Text name = fieldName(arguments);
    return new SieveCommand.AddHeader(line, last, name, arguments.text());
  }

  private static SieveCommand deleteHeader(int line, Arguments arguments)
      throws BadScriptException {
    arguments.needs(SieveExtension.EDITHEADER, "'deleteheader'");
    var match = MatchReader.match(arguments);
    // RFC 5293 §5: an :index of its own, whatever is required.
    var number = arguments.number("index");
    boolean last = arguments.flag("last");
    if (last && number.isEmpty() || number.isPresent() && number.getAsLong() < 1) {
      throw arguments.error(":index counts from 1, and :last needs it", "add :index and a number");
    }
    Optional<SieveTest.Index> index =
        number.isPresent()
            ? Optional.of(
                new SieveTest.Index((int) Math.min(number.getAsLong(), Integer.MAX_VALUE), last))
            : Optional.empty();
    Text name = fieldName(arguments);
    List<Text> values = arguments.remaining() > 0 ? arguments.texts() : List.of();
    return new SieveCommand.DeleteHeader(line, name, values, match, index);
  }

  private static Text fieldName(Arguments arguments) throws BadScriptException {
    Text text = arguments.text();
    if (text instanceof Text.Constant(var name) && !HeaderEdits.isName(name)) {
      throw arguments.error("\"" + name + "\" is not the name of a field", "use another");
    }
    return text;
  }
}

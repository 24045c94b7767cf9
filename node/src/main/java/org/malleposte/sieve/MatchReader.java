package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Optional;
import org.malleposte.sieve.Match.Comparator;
import org.malleposte.sieve.Match.Relation;
import org.malleposte.sieve.Match.Type;

/** Reads how a test compares, which part of an address it means, and which of several fields. */
final class MatchReader {
  private MatchReader() {}

  static Match match(Arguments arguments) throws BadScriptException {
    var comparator = comparator(arguments);
    var type = type(arguments);
    boolean substring = type instanceof Type.Contains || type instanceof Type.Matches;
    if (substring && comparator == Comparator.ASCII_NUMERIC) {
      throw arguments.error(
          "numbers are not compared by :contains or :matches", "use :is, :value or :count");
    }
    return new Match(type, comparator);
  }

  private static Comparator comparator(Arguments arguments) throws BadScriptException {
    var word = arguments.constant("comparator");
    if (word.isEmpty()) {
      return Comparator.ASCII_CASEMAP;
    }
    var found =
        Arrays.stream(Comparator.values()).filter(c -> c.word().equals(word.get())).findAny();
    if (found.isEmpty()) {
      throw arguments.error(
          "there is no comparator \"" + word.get() + "\"", "use i;octet or i;ascii-casemap");
    }
    if (found.get() == Comparator.ASCII_NUMERIC) {
      arguments.needs(SieveExtension.ASCII_NUMERIC, "i;ascii-numeric");
    }
    return found.get();
  }

  private static Type type(Arguments arguments) throws BadScriptException {
    var types = new ArrayList<Type>();
    if (arguments.flag("is")) {
      types.add(new Type.Is());
    }
    if (arguments.flag("contains")) {
      types.add(new Type.Contains());
    }
    if (arguments.flag("matches")) {
      types.add(new Type.Matches());
    }
    var count = arguments.constant("count");
    if (count.isPresent()) {
      types.add(new Type.Count(relation(arguments, count.get())));
    }
    var value = arguments.constant("value");
    if (value.isPresent()) {
      types.add(new Type.Value(relation(arguments, value.get())));
    }
    if (types.size() > 1) {
      throw arguments.error("more than one match type", "keep one");
    }
    return types.isEmpty() ? new Type.Is() : types.getFirst();
  }

  private static Relation relation(Arguments arguments, String word) throws BadScriptException {
    arguments.needs(SieveExtension.RELATIONAL, ":count and :value");
    return switch (Arguments.lower(word)) {
      case "gt" -> Relation.GT;
      case "ge" -> Relation.GE;
      case "lt" -> Relation.LT;
      case "le" -> Relation.LE;
      case "eq" -> Relation.EQ;
      case "ne" -> Relation.NE;
      default ->
          throw arguments.error(
              "there is no relation \"" + word + "\"", "use gt, ge, lt, le, eq or ne");
    };
  }

  static AddressPart addressPart(Arguments arguments) throws BadScriptException {
    var parts = new ArrayList<AddressPart>();
    for (var part : AddressPart.values()) {
      String tag = Arguments.lower(part.name());
      boolean sub = part == AddressPart.USER || part == AddressPart.DETAIL;
      if (sub ? arguments.flag(tag, SieveExtension.SUBADDRESS) : arguments.flag(tag)) {
        parts.add(part);
      }
    }
    if (parts.size() > 1) {
      throw arguments.error("more than one part of the address", "keep one");
    }
    return parts.isEmpty() ? AddressPart.ALL : parts.getFirst();
  }

  static Optional<SieveTest.Index> index(Arguments arguments) throws BadScriptException {
    var number = arguments.number("index");
    boolean last = arguments.flag("last");
    if (number.isEmpty()) {
      if (last) {
        throw arguments.error(":last without :index", "add :index and a number");
      }
      return Optional.empty();
    }
    arguments.needs(SieveExtension.INDEX, ":index");
    if (number.getAsLong() < 1 || number.getAsLong() > Integer.MAX_VALUE) {
      throw arguments.error(":index counts from 1", "use another number");
    }
    return Optional.of(new SieveTest.Index((int) number.getAsLong(), last));
  }
}

package org.malleposte.transcript;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.malleposte.transcript.Transcript.Way;
import org.malleposte.transcript.TranscriptLine.Barrier;
import org.malleposte.transcript.TranscriptLine.Close;
import org.malleposte.transcript.TranscriptLine.Expect;
import org.malleposte.transcript.TranscriptLine.ExpectClosed;
import org.malleposte.transcript.TranscriptLine.Match;
import org.malleposte.transcript.TranscriptLine.Send;
import org.malleposte.transcript.TranscriptLine.StartTls;

/** Reads the text form that {@link Transcript} describes. */
final class TranscriptParser {
  private static final String SKIP = "#! skip ";

  private TranscriptParser() {}

  static Transcript parse(String name, List<String> text) {
    var lines = new ArrayList<TranscriptLine>();
    var skipped = EnumSet.noneOf(Way.class);
    for (int i = 0; i < text.size(); i++) {
      String line = text.get(i);
      if (line.startsWith(SKIP)) {
        for (String way : line.substring(SKIP.length()).trim().split(" +")) {
          skipped.add(Way.valueOf(way.toUpperCase(Locale.ROOT).replace('-', '_')));
        }
      } else if (!line.isBlank() && !line.startsWith("#")) {
        lines.add(parseLine(name, i + 1, line));
      }
    }
    return new Transcript(name, lines, skipped);
  }

  private static TranscriptLine parseLine(String name, int number, String line) {
    if (line.strip().equals("--")) {
      return new Barrier(number);
    }
    int digits = Character.isDigit(line.charAt(0)) ? 1 : 0;
    int connection = digits == 1 ? line.charAt(0) - '0' : 1;
    if (line.length() < digits + 2) {
      throw bad(name, number, line);
    }
    String verb = line.substring(digits, digits + 2);
    String rest = line.substring(digits + 2);
    String body = rest.startsWith(" ") ? rest.substring(1) : rest;
    return switch (verb) {
      case "C:" -> new Send(number, connection, body, false);
      case "C-" -> new Send(number, connection, body, true);
      case "S:" -> expect(number, connection, body);
      case "S=" -> new Expect(number, connection, Match.EXACT, body);
      case "C!", "S!" -> directive(name, number, connection, verb.charAt(0) + " " + body.strip());
      default -> throw bad(name, number, line);
    };
  }

  private static TranscriptLine expect(int number, int connection, String body) {
    if (body.equals("...")) {
      return new Expect(number, connection, Match.ANY, "");
    }
    if (body.length() > 1 && body.startsWith("/") && body.endsWith("/")) {
      String regex = body.substring(1, body.length() - 1);
      return new Expect(number, connection, Match.REGEX, regex);
    }
    return new Expect(number, connection, Match.PREFIX, body);
  }

  private static TranscriptLine directive(
      String name, int number, int connection, String directive) {
    return switch (directive) {
      case "C starttls" -> new StartTls(number, connection);
      case "C close" -> new Close(number, connection, false);
      case "C reset" -> new Close(number, connection, true);
      case "S closed" -> new ExpectClosed(number, connection);
      default -> throw bad(name, number, directive);
    };
  }

  private static IllegalArgumentException bad(String name, int number, String line) {
    return new IllegalArgumentException(name + ":" + number + ": not a transcript line: " + line);
  }
}

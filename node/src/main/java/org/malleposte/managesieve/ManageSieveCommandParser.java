package org.malleposte.managesieve;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.malleposte.managesieve.ManageSieveCommand.Malformed;

/** The bytes of one command to what they mean. Pure; whatever they are, there is an answer. */
final class ManageSieveCommandParser {
  /** A word of a command. */
  private sealed interface Word {
    record Atom(String text) implements Word {}

    record Text(byte[] bytes) implements Word {}
  }

  /** What is wrong with a command; never leaves this class. */
  private static final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1;

    SyntaxException(String what) {
      super(what, null, false, false);
    }
  }

  private final byte[] bytes;
  private int position;

  private ManageSieveCommandParser(byte[] bytes) {
    this.bytes = bytes;
  }

  static ManageSieveCommand parse(byte[] command) {
    try {
      var words = new ManageSieveCommandParser(command).words();
      if (words.isEmpty() || !(words.getFirst() instanceof Word.Atom(var name))) {
        return new Malformed("a command begins with its name");
      }
      return command(name.toUpperCase(Locale.ROOT), words.subList(1, words.size()));
    } catch (SyntaxException e) {
      return new Malformed(e.getMessage());
    }
  }

  /** While the server waits for a SASL response (RFC 5804 §2.1). */
  static ManageSieveCommand parseSaslResponse(byte[] line) {
    try {
      var words = new ManageSieveCommandParser(line).words();
      if (words.size() != 1) {
        return new Malformed("a response is one string");
      }
      String text =
          switch (words.getFirst()) {
            case Word.Atom(var atom) -> atom;
            case Word.Text(var octets) -> new String(octets, StandardCharsets.US_ASCII);
          };
      return text.equals("*")
          ? new ManageSieveCommand.SaslCancel()
          : new ManageSieveCommand.SaslResponse(base64(text));
    } catch (SyntaxException e) {
      return new Malformed(e.getMessage());
    }
  }

  private static ManageSieveCommand command(String name, List<Word> words) throws SyntaxException {
    int count = words.size();
    return switch (name) {
      case "AUTHENTICATE" -> {
        counted(count, 1, 2);
        var initial =
            count == 2 ? Optional.of(base64(ascii(words.get(1)))) : Optional.<byte[]>empty();
        yield new ManageSieveCommand.Authenticate(ascii(words.get(0)), initial);
      }
      case "STARTTLS" -> alone(count, new ManageSieveCommand.StartTls());
      case "LOGOUT" -> alone(count, new ManageSieveCommand.Logout());
      case "CAPABILITY" -> alone(count, new ManageSieveCommand.Capability());
      case "UNAUTHENTICATE" -> alone(count, new ManageSieveCommand.Unauthenticate());
      case "LISTSCRIPTS" -> alone(count, new ManageSieveCommand.ListScripts());
      case "NOOP" -> {
        counted(count, 0, 1);
        yield new ManageSieveCommand.Noop(
            count == 1 ? Optional.of(text(words.get(0))) : Optional.empty());
      }
      case "HAVESPACE" -> {
        counted(count, 2, 2);
        yield new ManageSieveCommand.HaveSpace(name(words.get(0)), number(words.get(1)));
      }
      case "PUTSCRIPT" -> {
        counted(count, 2, 2);
        yield new ManageSieveCommand.PutScript(name(words.get(0)), string(words.get(1)));
      }
      case "CHECKSCRIPT" -> {
        counted(count, 1, 1);
        yield new ManageSieveCommand.CheckScript(string(words.get(0)));
      }
      case "SETACTIVE" -> {
        counted(count, 1, 1);
        boolean none = string(words.get(0)).length == 0;
        yield new ManageSieveCommand.SetActive(none ? "" : name(words.get(0)));
      }
      case "GETSCRIPT" -> {
        counted(count, 1, 1);
        yield new ManageSieveCommand.GetScript(name(words.get(0)));
      }
      case "DELETESCRIPT" -> {
        counted(count, 1, 1);
        yield new ManageSieveCommand.DeleteScript(name(words.get(0)));
      }
      case "RENAMESCRIPT" -> {
        counted(count, 2, 2);
        yield new ManageSieveCommand.RenameScript(name(words.get(0)), name(words.get(1)));
      }
      default -> throw new SyntaxException("unknown command");
    };
  }

  private static ManageSieveCommand alone(int count, ManageSieveCommand command)
      throws SyntaxException {
    counted(count, 0, 0);
    return command;
  }

  private static void counted(int count, int min, int max) throws SyntaxException {
    if (count < min) {
      throw new SyntaxException("an argument is missing");
    }
    if (count > max) {
      throw new SyntaxException("too many arguments");
    }
  }

  private static byte[] string(Word word) throws SyntaxException {
    return switch (word) {
      case Word.Text(var octets) -> octets;
      case Word.Atom _ -> throw new SyntaxException("a string is missing");
    };
  }

  private static String text(Word word) throws SyntaxException {
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      return decoder.decode(ByteBuffer.wrap(string(word))).toString();
    } catch (CharacterCodingException e) {
      throw new SyntaxException("a string is not in UTF-8");
    }
  }

  private static String ascii(Word word) throws SyntaxException {
    return new String(string(word), StandardCharsets.US_ASCII);
  }

  /** RFC 5804 §1.6. */
  private static String name(Word word) throws SyntaxException {
    String name = text(word);
    boolean controls =
        name.chars().anyMatch(c -> c < 0x20 || c >= 0x7f && c < 0xa0 || c == 0x2028 || c == 0x2029);
    if (name.isEmpty() || controls || name.length() > NAME_MAX_CHARACTERS) {
      throw new SyntaxException(
          "a script's name has 1 to " + NAME_MAX_CHARACTERS + " characters, no control characters");
    }
    return name;
  }

  private static final int NAME_MAX_CHARACTERS = 128;

  private static long number(Word word) throws SyntaxException {
    if (word instanceof Word.Atom(var digits)
        && digits.length() <= 10
        && digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Long.parseLong(digits);
    }
    throw new SyntaxException("not a number");
  }

  private static byte[] base64(String text) throws SyntaxException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new SyntaxException("not base 64");
    }
  }

  private List<Word> words() throws SyntaxException {
    var words = new ArrayList<Word>();
    while (true) {
      while (position < bytes.length && bytes[position] == ' ') {
        position++;
      }
      if (position >= bytes.length) {
        return words;
      }
      words.add(
          switch (bytes[position]) {
            case '"' -> quoted();
            case '{' -> literal();
            default -> atom();
          });
      if (position < bytes.length && bytes[position] != ' ') {
        throw new SyntaxException("arguments are separated by a space");
      }
    }
  }

  private Word atom() {
    int start = position;
    while (position < bytes.length && bytes[position] != ' ') {
      position++;
    }
    return new Word.Atom(new String(bytes, start, position - start, StandardCharsets.ISO_8859_1));
  }

  private Word quoted() throws SyntaxException {
    byte[] text = new byte[bytes.length];
    int length = 0;
    position++;
    while (position < bytes.length && bytes[position] != '"') {
      if (bytes[position] == '\\' && position + 1 < bytes.length) {
        position++;
      }
      text[length++] = bytes[position++];
    }
    if (position >= bytes.length) {
      throw new SyntaxException("a string has no end");
    }
    position++;
    return new Word.Text(Arrays.copyOf(text, length));
  }

  /** The framer has seen to it that all of it is here. */
  private Word literal() throws SyntaxException {
    int start = position;
    while (position < bytes.length && bytes[position] != '\n') {
      position++;
    }
    String length = new String(bytes, start, position - start, StandardCharsets.ISO_8859_1).strip();
    if (position >= bytes.length || !length.matches("\\{\\d{1,10}\\+}")) {
      throw new SyntaxException("a literal is {octets+}");
    }
    position++;
    long octets = Long.parseLong(length.substring(1, length.length() - 2));
    if (octets > bytes.length - position) {
      throw new SyntaxException("a literal is {octets+}");
    }
    byte[] text = Arrays.copyOfRange(bytes, position, position + (int) octets);
    position += (int) octets;
    return new Word.Text(text);
  }
}

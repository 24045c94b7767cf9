package org.malleposte.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Dovecot's {@code pop3_uidl_format}: {@code %u} is the UID, {@code %v} the UIDVALIDITY; {@code
 * 08X} between makes it eight digits of hexadecimal. In 2.4 {@code %{uid | hex(8)}}.
 */
public final class UidlFormat {
  /** What Dovecot begins with. */
  static final String DOVECOTS = "%08Xu%08Xv";

  /** RFC 1939 §7. */
  private static final int CHARACTERS_MAX = 70;

  private static final Pattern PART =
      Pattern.compile(
          "%(?<pad>0[0-9])?(?<hex>X)?(?<name>[uv])"
              + "|%\\{ *(?<long>uid|uidvalidity) *(\\| *hex(\\((?<digits>[0-9])\\))? *)?}"
              + "|(?<text>[!-$&-~]+)");

  /** What this program begins with. */
  public static final UidlFormat DEFAULT = parse("%v.%u");

  /** One piece: text, or a number. */
  private sealed interface Piece {
    record Text(String text) implements Piece {}

    /**
     * @param format of {@link String#format}
     */
    record Number(boolean isUid, String format) implements Piece {}
  }

  private final String text;
  private final List<Piece> pieces;

  private UidlFormat(String text, List<Piece> pieces) {
    this.text = text;
    this.pieces = List.copyOf(pieces);
  }

  /**
   * @throws IllegalArgumentException with what is wrong
   */
  public static UidlFormat parse(String text) {
    var pieces = new ArrayList<Piece>();
    Matcher part = PART.matcher(text);
    int at = 0;
    boolean uid = false;
    boolean validity = false;
    while (at < text.length() && part.find(at) && part.start() == at) {
      Piece piece = piece(part);
      pieces.add(piece);
      if (piece instanceof Piece.Number(boolean isUid, var _)) {
        uid |= isUid;
        validity |= !isUid;
      }
      at = part.end();
    }
    if (at < text.length()) {
      throw new IllegalArgumentException("'" + text.substring(at) + "' is neither %u nor %v");
    }
    if (!uid || !validity) {
      throw new IllegalArgumentException("'" + text + "' lacks %u or %v, so it may come twice");
    }
    var format = new UidlFormat(text, pieces);
    if (format.of(Integer.toUnsignedLong(-1), Integer.toUnsignedLong(-1)).length()
        > CHARACTERS_MAX) {
      throw new IllegalArgumentException(
          "'" + text + "' is over " + CHARACTERS_MAX + " characters");
    }
    return format;
  }

  private static Piece piece(Matcher part) {
    if (part.group("text") != null) {
      return new Piece.Text(part.group("text"));
    }
    if (part.group("name") != null) {
      String pad = part.group("pad") == null ? "" : part.group("pad");
      return new Piece.Number(
          part.group("name").equals("u"), "%" + pad + (part.group("hex") == null ? "d" : "x"));
    }
    boolean hex = part.group().contains("hex");
    String digits = part.group("digits") == null ? "" : "0" + part.group("digits");
    return new Piece.Number(part.group("long").equals("uid"), "%" + (hex ? digits + "x" : "d"));
  }

  /** The unique id of a message. */
  public String of(long uidValidity, long uid) {
    var made = new StringBuilder();
    for (Piece piece : pieces) {
      made.append(
          switch (piece) {
            case Piece.Text(var plain) -> plain;
            case Piece.Number(boolean isUid, var format) ->
                String.format(format, isUid ? uid : uidValidity);
          });
    }
    return made.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UidlFormat format && text.equals(format.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}

package org.malleposte.mime;

import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Locale;
import org.apache.james.mime4j.codec.Base64InputStream;
import org.apache.james.mime4j.codec.DecodeMonitor;
import org.apache.james.mime4j.codec.DecoderUtil;
import org.apache.james.mime4j.codec.QuotedPrintableInputStream;

/** Bytes of a message as the text that a person sees: transfer encodings and charsets undone. */
public final class MimeText {
  private MimeText() {}

  /**
   * A field's value with its encoded words decoded (RFC 2047); raw 8-bit is UTF-8, or Latin-1 where
   * it cannot be that.
   *
   * @param value one character a byte
   */
  public static String decodeField(String value) {
    return DecoderUtil.decodeEncodedWords(decodeRaw(value), DecodeMonitor.SILENT);
  }

  /**
   * A leaf's text. What is not valid in its encoding is skipped or replaced.
   *
   * @param body the part's body, to its end
   */
  public static Reader open(MimePart part, InputStream body) {
    return new InputStreamReader(decode(part, body), charset(part));
  }

  /** A leaf's bytes without their transfer encoding; one that is not known is left. */
  public static InputStream decode(MimePart part, InputStream body) {
    return switch (part.encoding().toLowerCase(Locale.ROOT)) {
      case "base64" -> new Base64InputStream(body, DecodeMonitor.SILENT);
      case "quoted-printable" -> new QuotedPrintableInputStream(body, DecodeMonitor.SILENT);
      default -> body;
    };
  }

  private static Charset charset(MimePart part) {
    String name = part.type().flatMap(type -> type.parameter("charset")).orElse("utf-8");
    try {
      Charset charset = Charset.forName(name);
      // ASCII is a part of UTF-8, and what claims to be ASCII often is UTF-8.
      return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      return StandardCharsets.UTF_8;
    }
  }

  private static String decodeRaw(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return value;
    }
  }
}

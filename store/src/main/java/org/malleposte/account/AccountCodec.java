package org.malleposte.account;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.malleposte.mail.AccountName;

/**
 * The value of a directory key {@code account/<name>}: major and minor (a byte each), credential
 * (UTF with length), created and changed (milliseconds since 1970). What a newer minor wrote behind
 * that is kept as it is when an older program changes the account.
 */
final class AccountCodec {
  static final int MAJOR = 1;
  static final int MINOR = 0;
  private static final byte[] NOTHING = {};

  /**
   * @param minor that wrote it
   * @param rest fields this program does not know
   */
  record Stored(Account account, int minor, byte[] rest) {
    static Stored fresh(Account account) {
      return new Stored(account, MINOR, NOTHING);
    }
  }

  private AccountCodec() {}

  static byte[] encode(Stored stored) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(MAJOR);
      out.writeByte(stored.minor());
      out.writeUTF(stored.account().credential().text());
      out.writeLong(stored.account().created().toEpochMilli());
      out.writeLong(stored.account().changed().toEpochMilli());
      out.write(stored.rest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IllegalArgumentException for bytes that are no account, or of a newer major
   */
  static Stored decode(AccountName name, byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int major = in.readUnsignedByte();
      if (major != MAJOR) {
        throw new IllegalArgumentException("account format " + major + " is not known here");
      }
      int minor = in.readUnsignedByte();
      var credential = Credential.parse(in.readUTF());
      var created = Instant.ofEpochMilli(in.readLong());
      var changed = Instant.ofEpochMilli(in.readLong());
      return new Stored(new Account(name, credential, created, changed), minor, in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalArgumentException("account record is cut off", e);
    }
  }
}

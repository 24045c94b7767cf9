package org.malleposte.auth;

import java.util.function.Supplier;
import org.malleposte.account.PasswdFile;

/**
 * The passwd-file that the primary published, parsed once for each new array of bytes. Thread-safe.
 */
public final class PublishedUsers implements Supplier<PasswdFile> {
  private record Parsed(byte[] bytes, PasswdFile file) {}

  private static final byte[] NOTHING = {};

  private final Supplier<byte[]> published;
  private volatile Parsed parsed = new Parsed(NOTHING, PasswdFile.EMPTY);

  /**
   * @param published what {@link PasswdFile#toBytes} made: the same array as long as nothing
   *     changes; empty when nothing was published
   */
  public PublishedUsers(Supplier<byte[]> published) {
    this.published = published;
  }

  @Override
  public PasswdFile get() {
    byte[] bytes = published.get();
    var current = parsed;
    if (current.bytes() != bytes) {
      current = new Parsed(bytes, PasswdFile.parse("published users", bytes));
      parsed = current;
    }
    return current.file();
  }
}

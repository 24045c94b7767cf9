package org.malleposte.tls;

import java.io.IOException;
import java.nio.file.Path;

/** A certificate, key or authority that cannot be used; the message is fit to be shown. */
public final class TlsFileException extends IOException {
  private static final long serialVersionUID = 1;

  TlsFileException(Path file, String what, String remedy) {
    super(file + ": " + what + ", " + remedy);
  }

  TlsFileException(Path file, String what, String remedy, Throwable cause) {
    super(file + ": " + what + ", " + remedy, cause);
  }
}

package org.malleposte.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/** Writes PEM. */
final class Pem {
  private Pem() {}

  /** One after the other, in one text. */
  static String of(Object... objects) {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      for (var object : objects) {
        writer.writeObject(object);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // it writes to memory: something that is no PEM object
    }
    return text.toString();
  }
}

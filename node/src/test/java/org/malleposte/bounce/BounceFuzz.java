package org.malleposte.bounce;

import java.io.IOException;
import java.util.List;
import org.malleposte.blob.MessageBody;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;

/** What a bounce reads of the mail that it returns. */
public final class BounceFuzz {
  private static final int MAX_BYTES = 300;

  private BounceFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of("bounce-header", BounceFuzz::header, "A: b\r\n c\r\n\r\nbody", "A\n\nb"));
  }

  private static void header(byte[] data) throws IOException {
    byte[] header = HeaderReader.read(new MessageBody.InMemory(data), MAX_BYTES);
    Fuzz.check(header.length <= MAX_BYTES, "header over its limit");
    Fuzz.check(Fuzz.text(data).startsWith(Fuzz.text(header)), "not its beginning");
    Fuzz.check(header.length == 0 || header[header.length - 1] == '\n', "half a line");
  }
}

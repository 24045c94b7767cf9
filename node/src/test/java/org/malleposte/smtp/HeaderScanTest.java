package org.malleposte.smtp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeaderScanTest {
  @Test
  void countsReceivedLinesOfTheHeaderOnly() {
    String message =
        "Received: a\r\n\tfrom Received: x\r\nX-Received: b\r\nRECEIVED: c\r\nReceived : d\r\n"
            + "\r\nReceived: e\r\n";
    for (int chunk = 1; chunk < 20; chunk++) {
      var scan = new HeaderScan();
      byte[] bytes = message.getBytes(ISO_8859_1);
      for (int from = 0; from < bytes.length; from += chunk) {
        scan.scan(bytes, from, Math.min(chunk, bytes.length - from));
      }
      assertThat(scan.hops()).isEqualTo(2);
      assertThat(scan.headerBytes()).isEqualTo(message.indexOf("\r\n\r\n") + 4);
    }
  }

  @Test
  void aMessageMayBeginWithItsText() {
    var scan = new HeaderScan();
    byte[] bytes = "\r\nReceived: a\r\n".getBytes(ISO_8859_1);
    scan.scan(bytes, 0, bytes.length);
    assertThat(scan.hops()).isZero();
    assertThat(scan.headerBytes()).isEqualTo(2);
  }
}

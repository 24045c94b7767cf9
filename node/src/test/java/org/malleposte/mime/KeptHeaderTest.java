package org.malleposte.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.malleposte.mailbox.StorePolicy;

class KeptHeaderTest {
  private static final String MAIL =
      "Return-Path: <a@b>\r\nReceived: from x\r\n by y\r\nSUBJECT: one\r\n two\r\n"
          + "X-Other: z\r\nFrom: A <a@b>\r\n\r\nFrom: body\r\n";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void fieldsAreKeptAsTheyStandAndTheSizeOfTheHeader() {
    var header = KeptHeader.read(KeptHeader.of(bytes(MAIL))).orElseThrow();
    assertThat(header.fields())
        .extracting(HeaderField::raw)
        .containsExactly("Return-Path: <a@b>\r\n", "SUBJECT: one\r\n two\r\n", "From: A <a@b>\r\n");
    assertThat(header.sizeBytes()).isEqualTo(MAIL.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void aHeaderThatIsNotWholeIsNotKept() {
    String field = "Subject: " + "x".repeat(90) + "\r\n";
    String cut = field.repeat(StorePolicy.INDEXED_BYTES / field.length() + 1);
    byte[] beginning = bytes(cut.substring(0, StorePolicy.INDEXED_BYTES));
    assertThat(KeptHeader.of(beginning)).isEmpty();
    assertThat(KeptHeader.read(new byte[0])).isEmpty();
    assertThat(KeptHeader.read(new byte[] {9, 1})).isEmpty();
  }

  @Test
  void oneThatIsTooLargeToKeepIsNotKept() {
    String large = "To: " + "a@b,".repeat(StorePolicy.MAX_INDEX_BYTES / 4) + "\r\n\r\n";
    assertThat(KeptHeader.of(bytes(large))).isEmpty();
    String received = "Received: " + "x".repeat(StorePolicy.MAX_INDEX_BYTES) + "\r\nTo: a\r\n\r\n";
    assertThat(KeptHeader.of(bytes(received))).isNotEmpty();
  }

  @Test
  void namesAreOfAnyCase() {
    assertThat(KeptHeader.areKept(List.of("subject", "FROM", "Message-Id"))).isTrue();
    assertThat(KeptHeader.areKept(List.of("subject", "Received"))).isFalse();
  }
}

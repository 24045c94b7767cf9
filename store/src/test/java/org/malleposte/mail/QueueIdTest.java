package org.malleposte.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QueueIdTest {
  private final Random random = new Random(1);

  @Test
  void idsSortByTimeAndTellIt() {
    var ids = new ArrayList<QueueId>();
    for (long millis = 0; millis < 1L << 48; millis = millis * 3 + 1) {
      var id = QueueId.create(Instant.ofEpochMilli(millis), random);
      assertThat(id.time().toEpochMilli()).isEqualTo(millis);
      assertThat(new QueueId(id.toString())).isEqualTo(id);
      ids.add(id);
    }
    assertThat(ids).isSorted();
  }

  @Test
  void idsOfOneMomentDiffer() {
    var ids = new HashSet<QueueId>();
    for (int i = 0; i < 10_000; i++) {
      ids.add(QueueId.create(Instant.EPOCH, random));
    }
    assertThat(ids).hasSize(10_000);
  }

  @Test
  void whatIsNoIdIsRefused() {
    for (String bad :
        new String[] {"", "0".repeat(25), "0".repeat(27), "U".repeat(26), "é".repeat(26)}) {
      assertThatThrownBy(() -> new QueueId(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void enhancedStatusesAreReadAsTheyAreWritten() {
    assertThat(EnhancedStatus.parse("5.7.26")).isEqualTo(new EnhancedStatus(5, 7, 26));
    assertThat(EnhancedStatus.parse("5.7.26")).hasToString("5.7.26");
    assertThat(EnhancedStatus.parse("5.1.1").isPermanent()).isTrue();
    assertThat(EnhancedStatus.parse("4.2.2").isPermanent()).isFalse();
    for (String bad : new String[] {"", "5", "5.1", "5.1.1.1", "3.1.1", "5.x.1", "5.1000.1"}) {
      assertThatThrownBy(() -> EnhancedStatus.parse(bad))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}

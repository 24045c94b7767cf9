package org.malleposte.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.malleposte.spool.Mails.NOW;
import static org.malleposte.spool.Mails.id;

import java.util.List;
import org.junit.jupiter.api.Test;

class AgendaTest {
  private final Agenda agenda = new Agenda();

  @Test
  void oldestDueFirstAndNothingBeforeItsTime() {
    agenda.at(id(2), NOW);
    agenda.at(id(1), NOW);
    agenda.at(id(3), NOW.plusSeconds(1));
    assertThat(agenda.poll(NOW)).contains(id(1));
    assertThat(agenda.poll(NOW)).contains(id(2));
    assertThat(agenda.poll(NOW)).isEmpty();
    assertThat(agenda.nextAt()).contains(NOW.plusSeconds(1));
    assertThat(agenda.poll(NOW.plusSeconds(1))).contains(id(3));
    assertThat(agenda.nextAt()).isEmpty();
  }

  @Test
  void theLastPlaceCounts() {
    agenda.at(id(1), NOW);
    agenda.parkAt(id(1), List.of("x", "y"));
    assertThat(agenda.poll(NOW)).isEmpty();
    agenda.at(id(1), NOW.plusSeconds(5));
    assertThat(agenda.isParked("x")).isFalse();
    agenda.remove(id(1));
    assertThat(agenda.contains(id(1))).isFalse();
    assertThat(agenda.size()).isZero();
  }

  @Test
  void whoWaitsForANameIsWokenLongestWaitingFirst() {
    agenda.parkAt(id(3), List.of("x"));
    agenda.parkAt(id(1), List.of("x", "y"));
    agenda.parkAt(id(2), List.of("x"), NOW.plusSeconds(9));
    agenda.wake("x", 2, NOW);
    assertThat(agenda.poll(NOW)).contains(id(1));
    assertThat(agenda.poll(NOW)).contains(id(3));
    assertThat(agenda.waitingFor("x")).containsExactly(id(2));
    assertThat(agenda.isParked("y")).isFalse();
    assertThat(agenda.size()).isEqualTo(1);
    assertThat(agenda.poll(NOW.plusSeconds(9))).contains(id(2));
    assertThat(agenda.isParked("x")).isFalse();
  }
}

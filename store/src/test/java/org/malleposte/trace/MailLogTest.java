package org.malleposte.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.malleposte.mail.QueueId;
import org.slf4j.LoggerFactory;

class MailLogTest {
  private static final QueueId ID = new QueueId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  private final Logger logger = (Logger) LoggerFactory.getLogger("mail");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(lines);
    logger.setLevel(null);
  }

  private String line(MailEvent event) {
    MailLog.toLogger().on(event);
    return lines.list.getLast().getFormattedMessage();
  }

  @Test
  void anEventIsOneLineQueueIdFirst() {
    assertThat(line(new MailEvent.Stored(ID, "alice", 7, false)))
        .isEqualTo(ID + " event=Stored account=alice uid=7 repeated=false");
    assertThat(line(new MailEvent.Flushed(ID, "mx1", Duration.ofSeconds(3))))
        .isEqualTo(ID + " event=Flushed to=mx1 delay=PT3S");
    assertThat(line(new MailEvent.Finished(ID))).isEqualTo(ID + " event=Finished");
  }

  @Test
  void whatAPeerWroteForgesNothing() {
    String forged = "a\r\n" + ID + " event=Finished b=\"c\\";
    assertThat(line(new MailEvent.Deferred(ID, "bob@x.test", forged)))
        .isEqualTo(
            ID
                + " event=Deferred to=bob@x.test why=\"a\\x0d\\x0a"
                + ID
                + " event=Finished b=\\\"c\\\\\"");
    assertThat(line(new MailEvent.Discarded(ID, "", "a=b")))
        .isEqualTo(ID + " event=Discarded to=\"\" why=\"a=b\"");
  }

  @Test
  void twoLogsHearInOrder() {
    var heard = new ArrayList<String>();
    MailLog log = event -> heard.add("first " + event.id());
    log.and(event -> heard.add("second " + event.id())).on(new MailEvent.Finished(ID));
    assertThat(heard).containsExactly("first " + ID, "second " + ID);
  }
}

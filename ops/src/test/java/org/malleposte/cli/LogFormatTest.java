package org.malleposte.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** The log configuration that ships: one line an event, whatever is in it. */
class LogFormatTest {
  @Test
  void anEventIsOneLine() throws Exception {
    String log =
        logged(
            logger -> {
              logger.info("a\r\nb");
              logger.warn("failed", new IllegalStateException("one\ntwo"));
            });

    assertThat(log.lines()).hasSize(2);
    assertThat(log)
        .containsPattern(
            "(?m)^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z INFO  Here: a \\| b$")
        .contains("WARN  Here: failed | java.lang.IllegalStateException: one | two | at ");
  }

  @Test
  void othersAreQuiet() throws Exception {
    assertThat(logged(logger -> {})).isEmpty();
  }

  private interface Use {
    void of(Logger logger);
  }

  private static String logged(Use use) throws Exception {
    PrintStream real = System.err;
    var bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    var context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    try {
      var configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(LogFormatTest.class.getResource("/logback.xml"));
      use.of(context.getLogger("org.malleposte.Here"));
      context.getLogger("com.hazelcast.core").info("a long story");
    } finally {
      System.setErr(real);
      context.stop();
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}

package org.malleposte.pop3;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.malleposte.pop3.Pop3Command.Malformed;
import org.malleposte.pop3.Pop3Command.Mistake;

class Pop3CommandParserTest {
  private static Pop3Command parse(String line) {
    return Pop3CommandParser.parse(line.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "STAT,Stat[]",
        "stat ,Stat[]",
        "List,ListAll[]",
        "LIST  7,ListOne[number=7]",
        "UIDL,UidlAll[]",
        "UIDL 0007,UidlOne[number=7]",
        "RETR 2147483648,Retr[number=2147483648]",
        "TOP 1  5,'Top[number=1, lines=5]'",
        "DELE 1,Dele[number=1]",
        "RSET,Rset[]",
        "NOOP,Noop[]",
        "QUIT,Quit[]",
        "CAPA,Capa[]",
        "STLS,Stls[]",
        "AUTH,AuthList[]",
        "USER älice,User[name=älice]",
        "TOP 1 2 3,Malformed[mistake=ARGUMENT_UNEXPECTED]",
        "TOP 1 x,Malformed[mistake=NOT_A_NUMBER]",
        "DELE,Malformed[mistake=ARGUMENT_MISSING]",
        "DELE 1 2,Malformed[mistake=NOT_A_NUMBER]",
        "PASS,Malformed[mistake=ARGUMENT_MISSING]",
        "RETR ١,Malformed[mistake=NOT_A_NUMBER]",
        "NOOP x,Malformed[mistake=ARGUMENT_UNEXPECTED]",
        " STAT,Malformed[mistake=UNKNOWN_COMMAND]",
        "AUTH PLAIN a b,Malformed[mistake=ARGUMENT_UNEXPECTED]"
      })
  void reads(String line, String command) {
    assertThat(parse(line)).hasToString(command);
  }

  @Test
  void aPasswordIsAllBehindTheFirstSpace() {
    assertThat(parse("PASS  a b ")).isEqualTo(new Pop3Command.Pass(" a b "));
    assertThat(parse("PASS ")).isEqualTo(new Pop3Command.Pass(""));
  }

  @Test
  void aLineHasItsLimit() {
    assertThat(parse("USER " + "a".repeat(505))).isInstanceOf(Pop3Command.User.class);
    assertThat(parse("USER " + "a".repeat(506))).isEqualTo(new Malformed(Mistake.LINE_TOO_LONG));
  }

  @Test
  void anyBytesHaveAnAnswer() {
    var random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] line = new byte[random.nextInt(40)];
      random.nextBytes(line);
      assertThat(Pop3CommandParser.parse(line)).isNotNull();
      assertThat(Pop3CommandParser.parseSaslResponse(line)).isNotNull();
    }
  }
}

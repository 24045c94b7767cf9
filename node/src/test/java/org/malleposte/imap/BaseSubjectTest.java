package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5256 §2.1. */
class BaseSubjectTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "hello|hello|false",
        "  hello \t world  |hello world|false",
        "Re: hello|hello|true",
        "RE : hello|hello|true",
        "re[2]: hello|hello|true",
        "Fwd: fw: Re: hello|hello|true",
        "[list] hello|hello|false",
        "[list] [other] Re: hello|hello|true",
        "Re: [list] Re: hello|hello|true",
        "[list]|[list]|false",
        "[list] [other]|[other]|false",
        "hello (fwd)|hello|true",
        "hello (fwd) (FWD) |hello|true",
        "[fwd: hello]|hello|true",
        "[Fwd: Re: [Fwd: hello (fwd)]]|hello|true",
        "regarding: hello|regarding: hello|false",
        "[unclosed hello|[unclosed hello|false",
        "Re [list]: hello|hello|true",
      })
  void takesAwayWhatAnswersAdd(String subject, String base, boolean reply) {
    assertThat(BaseSubject.of(subject)).isEqualTo(new BaseSubject(base, reply));
  }

  @Test
  void ofAnAnswerToNothingNothingIsLeft() {
    assertThat(BaseSubject.of("Re: ")).isEqualTo(new BaseSubject("", true));
    assertThat(BaseSubject.of("")).isEqualTo(new BaseSubject("", false));
  }

  @Test
  void theBaseOfABaseIsItself() {
    String[] words = {"re", "fwd", ":", "[", "]", "a", " ", "(fwd)", "[fwd:", "[a]", "\t"};
    for (long seed = 1; seed <= 100_000; seed++) {
      var random = new Random(seed);
      var subject = new StringBuilder();
      for (int i = random.nextInt(12); i >= 0; i--) {
        subject.append(words[random.nextInt(words.length)]);
      }
      String base = BaseSubject.of(subject.toString()).text();
      assertThat(BaseSubject.of(base).text()).as("seed " + seed + ": " + subject).isEqualTo(base);
    }
  }

  @Test
  void aHostileSubjectIsCut() {
    assertThat(BaseSubject.of("[a]".repeat(100_000)).text()).hasSizeLessThan(1_025);
    assertThat(BaseSubject.of("re:".repeat(100_000)).text()).isEqualTo("r");
  }
}

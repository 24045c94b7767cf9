package org.malleposte.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Router.Peer;
import org.malleposte.routing.Router.Verdict;

/**
 * Tables and decisions as text, {@code src/test/resources/tables}. A part {@code == access} is a
 * file, {@code == hosts} names clients, {@code == decisions} has a question a line: {@code client
 * sender recipient => decision}. Those in {@code sendmail-*} were answered by the real sendmail
 * 8.17.1.9, the codes of a virtusertable loop aside; a comment names what differs on purpose.
 */
class TablesAsTextTest {
  private static final Path TEXTS = Path.of("src/test/resources/tables");

  @TempDir Path temp;

  @TestFactory
  Stream<DynamicTest> decisions() throws IOException {
    var tests = new ArrayList<DynamicTest>();
    try (Stream<Path> texts = Files.list(TEXTS)) {
      for (Path text : texts.sorted().toList()) {
        play(text, tests);
      }
    }
    return tests.stream();
  }

  private void play(Path text, List<DynamicTest> tests) throws IOException {
    Map<String, List<String>> parts = parts(Files.readAllLines(text));
    String own = String.join("", parts.getOrDefault("own", List.of("mx.example.com")));
    Lab lab = new Lab(temp.resolve(text.getFileName().toString()));
    parts.forEach((name, lines) -> lab.with(name, lines.toArray(String[]::new)));
    for (String host : parts.getOrDefault("hosts", List.of())) {
      String[] words = host.split("\\s+");
      lab.host(words[0], words[1]);
    }
    TablesRouter router = lab.router(own);
    for (String line : parts.getOrDefault("decisions", List.of())) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String title = text.getFileName() + ": " + line;
        tests.add(DynamicTest.dynamicTest(title, () -> ask(lab, router, own, line)));
      }
    }
  }

  private static void ask(Lab lab, TablesRouter router, String own, String line) {
    int arrow = line.indexOf("=>");
    String[] words = line.substring(0, arrow).strip().split("\\s+", 3);
    Peer peer = lab.peer(words[0]);
    ReversePath from = Lab.from(words[1]);
    var explanation = router.explain(peer, from, Lab.address(words[2].strip(), own));
    assertThat(shown(explanation))
        .as(String.join("\n", explanation.lines()))
        .isEqualTo(line.substring(arrow + 2).strip());
  }

  private static String shown(Explanation explanation) {
    return switch (explanation.connection()) {
      case Verdict.Pass _ ->
          switch (explanation.sender()) {
            case Verdict.Pass _ -> Lab.shown(explanation.recipient());
            case Verdict verdict -> "mail " + shown(verdict);
          };
      case Verdict verdict -> "connect " + shown(verdict);
    };
  }

  private static String shown(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Pass _ -> "passes";
      case Verdict.Reject(var refuse) -> Lab.shown(refuse);
      case Verdict.DiscardAll _ -> "discard";
      case Verdict.QuarantineAll(var reason, _) -> "quarantine (" + reason + ")";
    };
  }

  private static Map<String, List<String>> parts(List<String> lines) {
    var parts = new LinkedHashMap<String, List<String>>();
    List<String> current = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("== ")) {
        current = new ArrayList<>();
        parts.put(line.substring(3).strip(), current);
      } else {
        current.add(line);
      }
    }
    return parts;
  }
}

package org.malleposte.transcript;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.malleposte.transcript.Transcript.Way;
import org.malleposte.transcript.TranscriptLine.Barrier;
import org.malleposte.transcript.TranscriptLine.Close;
import org.malleposte.transcript.TranscriptLine.Expect;
import org.malleposte.transcript.TranscriptLine.ExpectClosed;
import org.malleposte.transcript.TranscriptLine.Match;
import org.malleposte.transcript.TranscriptLine.Send;
import org.malleposte.transcript.TranscriptLine.StartTls;

/**
 * Plays a {@link Transcript} against a server, with blocking sockets on the calling thread.
 *
 * <p>A mismatch is an {@link AssertionError} that names file and line and shows the dialogue.
 */
public final class TranscriptPlayer implements AutoCloseable {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z][A-Za-z0-9]*)}");
  private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?<([A-Za-z][A-Za-z0-9]*)>");

  private final Transcript transcript;
  private final Way way;
  private final InetSocketAddress server;
  private final Map<String, String> variables;
  private final Map<Integer, LineClient> connections = new HashMap<>();
  private final Deque<Expect> owed = new ArrayDeque<>();
  private final ByteArrayOutputStream unsent = new ByteArrayOutputStream();
  private final StringBuilder dialogue = new StringBuilder();
  private int current = 1;

  private TranscriptPlayer(
      Transcript transcript, Way way, InetSocketAddress server, Map<String, String> variables) {
    this.transcript = transcript;
    this.way = way;
    this.server = server;
    this.variables = new HashMap<>(variables);
  }

  /**
   * Plays it from the first to the last line, then closes all connections.
   *
   * @param server for {@link Way#TLS} a port that speaks TLS from the first byte
   */
  public static void play(
      Transcript transcript, Way way, InetSocketAddress server, Map<String, String> variables) {
    try (var player = new TranscriptPlayer(transcript, way, server, variables)) {
      transcript.lines().forEach(player::step);
      player.settle();
    }
  }

  private void step(TranscriptLine line) {
    try {
      if (line.connection() != 0 && line.connection() != current) {
        settle();
        current = line.connection();
      }
      perform(line);
    } catch (IOException e) {
      throw failed(line, "I/O: " + e, e);
    }
  }

  private void perform(TranscriptLine line) throws IOException {
    switch (line) {
      case Send send -> send(send);
      case Expect expect -> expect(expect);
      case Barrier _ -> settle();
      case StartTls _ -> {
        settle();
        client().startTls();
      }
      case Close(_, _, boolean reset) -> {
        settle();
        client().close(reset);
        connections.remove(current);
      }
      case ExpectClosed _ -> {
        settle();
        String more = client().readLine();
        if (more != null) {
          throw failed(line, "expected the server to close, got: " + more, null);
        }
        client().close(false);
        connections.remove(current);
      }
    }
  }

  private void send(Send send) throws IOException {
    String text = fill(send.text(), false);
    byte[] bytes =
        send.escaped() ? unescape(text) : (text + "\r\n").getBytes(StandardCharsets.UTF_8);
    note("C: ", send.escaped() ? send.text() : text);
    switch (way) {
      case WHOLE, TLS -> client().write(bytes);
      case BYTE_BY_BYTE -> client().writeByteByByte(bytes);
      case PIPELINED -> {
        client();
        unsent.writeBytes(bytes);
      }
    }
  }

  private void expect(Expect expect) throws IOException {
    owed.add(expect);
    // ANY says nothing alone: it is taken together with the expectation after it.
    if (way != Way.PIPELINED && expect.match() != Match.ANY) {
      settle();
    }
  }

  /** Sends what is held back and takes all answers that are owed. */
  private void settle() {
    if (unsent.size() == 0 && owed.isEmpty()) {
      return;
    }
    Expect expect = owed.peek();
    try {
      client().write(unsent.toByteArray());
      unsent.reset();
      while ((expect = owed.poll()) != null) {
        take(expect);
      }
    } catch (IOException e) {
      throw failed(expect, "I/O: " + e, e);
    }
  }

  private void take(Expect expect) throws IOException {
    boolean skipping = expect.match() == Match.ANY;
    Expect wanted = skipping ? owed.poll() : expect;
    if (wanted == null) {
      throw failed(expect, "... needs an expectation after it", null);
    }
    while (true) {
      String line = client().readLine();
      if (line == null) {
        throw failed(wanted, "server closed; expected: " + wanted.text(), null);
      }
      note("S: ", line);
      if (matches(wanted, line)) {
        return;
      }
      if (!skipping) {
        throw failed(wanted, "expected: " + wanted.text() + "\n     got: " + line, null);
      }
    }
  }

  private boolean matches(Expect expect, String line) {
    return switch (expect.match()) {
      case PREFIX -> line.startsWith(fill(expect.text(), false));
      case EXACT -> line.equals(fill(expect.text(), false));
      case REGEX -> matchesRegex(expect.text(), line);
      case ANY -> true;
    };
  }

  private boolean matchesRegex(String regex, String line) {
    Matcher matcher = Pattern.compile(fill(regex, true)).matcher(line);
    if (!matcher.matches()) {
      return false;
    }
    Matcher names = NAMED_GROUP.matcher(regex);
    while (names.find()) {
      variables.put(names.group(1), matcher.group(names.group(1)));
    }
    return true;
  }

  private String fill(String text, boolean quoted) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found -> {
              String value = variables.get(found.group(1));
              if (value == null) {
                throw new IllegalArgumentException(transcript + ": unknown " + found.group());
              }
              return Matcher.quoteReplacement(quoted ? Pattern.quote(value) : value);
            });
  }

  private LineClient client() throws IOException {
    LineClient client = connections.get(current);
    if (client == null) {
      client = LineClient.connect(server, way == Way.TLS);
      connections.put(current, client);
    }
    return client;
  }

  private void note(String who, String text) {
    if (dialogue.length() < 100_000) {
      dialogue.append(current > 1 ? current : "").append(who).append(text).append('\n');
    }
  }

  private AssertionError failed(TranscriptLine line, String what, Throwable cause) {
    return new AssertionError(
        transcript + ":" + line.number() + " (" + way + "): " + what + "\n" + dialogue, cause);
  }

  static byte[] unescape(String text) {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      char escape = text.charAt(++i);
      switch (escape) {
        case 'r' -> bytes.write('\r');
        case 'n' -> bytes.write('\n');
        case 't' -> bytes.write('\t');
        case '\\' -> bytes.write('\\');
        case 'x' -> {
          bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i += 2;
        }
        default -> throw new IllegalArgumentException("unknown escape: \\" + escape);
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    connections.values().forEach(client -> client.close(false));
  }
}

package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.malleposte.transcript.LineClient;

/** What must hold of the mechanisms whatever protocol carries them. */
public final class SaslChecks {
  private static final byte[] NOTHING = {};

  private final SaslDialogue protocol;
  private final String service;
  private final String granted;
  private final Callable<LineClient> connect;

  /**
   * @param granted how the line begins that lets a client in
   * @param connect greeted, and where AUTH may come
   */
  public SaslChecks(
      SaslDialogue protocol, String service, String granted, Callable<LineClient> connect) {
    this.protocol = protocol;
    this.service = service;
    this.granted = granted;
    this.connect = connect;
  }

  /** Right passwords, with and without an initial response. */
  public void letsIn() throws Exception {
    for (String login : List.of("alice", "bob", "alice@example.org")) {
      for (String hash : List.of("1", "256")) {
        if (login.equals("bob") && hash.equals("1")) {
          continue; // hashed for the other
        }
        assertThat(scram(hash, login, "secret", false)).as(login + hash).startsWith(granted);
        assertThat(scram(hash, login, "secret", true)).as(login + hash).startsWith(granted);
      }
    }
    for (String mechanism : List.of("CRAM-MD5", "DIGEST-MD5", "PLAIN")) {
      assertThat(jdk(mechanism, "alice", "secret")).as(mechanism).startsWith(granted);
    }
    assertThat(jdk("PLAIN", "carol", "secret")).startsWith(granted);
  }

  /** Wrong passwords, unknown names and unusable hashes look alike. */
  public void refuses() throws Exception {
    var answers =
        List.of(
            scram("256", "alice", "wrong", true),
            scram("256", "bob", "wrong", true),
            scram("256", "nobody", "secret", true),
            scram("256", "carol", "secret", true),
            scram("1", "bob", "secret", true),
            jdk("CRAM-MD5", "alice", "wrong"),
            jdk("CRAM-MD5", "nobody", "secret"),
            jdk("CRAM-MD5", "bob", "secret"),
            jdk("DIGEST-MD5", "alice", "wrong"),
            jdk("DIGEST-MD5", "nobody", "secret"),
            jdk("DIGEST-MD5", "carol", "secret"),
            jdk("PLAIN", "alice", "wrong"));
    assertThat(answers).doesNotContain("closed").containsOnly(answers.getFirst());
    assertThat(answers.getFirst()).doesNotStartWith(granted);
  }

  private String scram(String hash, String login, String password, boolean initial)
      throws Exception {
    var client = new ScramClient(hash, login, password, "n,,", NOTHING);
    try (var line = connect.call()) {
      String mechanism = "SCRAM-SHA-" + hash;
      return initial
          ? protocol.run(line, mechanism, Optional.of(client.first()), client.begun())
          : protocol.run(line, mechanism, Optional.empty(), client);
    }
  }

  private String jdk(String mechanism, String login, String password) throws Exception {
    var client = new JdkSaslClient(mechanism, service, login, password);
    try (var line = connect.call()) {
      String end = protocol.run(line, mechanism, client.initial(), client);
      assertThat(!end.startsWith(granted) || client.isComplete()).as(mechanism).isTrue();
      return end;
    }
  }

  /** With -PLUS, and what becomes of a client that was made to believe that there is none. */
  public void bindsToTls() throws Exception {
    for (String type : List.of("tls-exporter", "tls-server-end-point")) {
      try (var line = connect.call()) {
        assertThat(plus(line, "p=" + type + ",,", line.channelBinding(type)))
            .as(type)
            .startsWith(granted);
      }
      try (var line = connect.call();
          var other = connect.call()) {
        byte[] wrong =
            type.equals("tls-exporter")
                ? other.channelBinding(type)
                : type.getBytes(StandardCharsets.US_ASCII);
        assertThat(plus(line, "p=" + type + ",,", wrong)).as(type).doesNotStartWith(granted);
      }
    }
    try (var line = connect.call()) {
      assertThat(plus(line, "p=tls-unique,,", new byte[12])).doesNotStartWith(granted);
    }
    var deceived = new ScramClient("256", "bob", "secret", "y,,", NOTHING);
    try (var line = connect.call()) {
      assertThat(protocol.run(line, "SCRAM-SHA-256", Optional.empty(), deceived))
          .doesNotStartWith(granted);
    }
  }

  private String plus(LineClient line, String header, byte[] binding) throws Exception {
    var client = new ScramClient("256", "bob", "secret", header, binding);
    return protocol.run(line, "SCRAM-SHA-256-PLUS", Optional.empty(), client);
  }
}

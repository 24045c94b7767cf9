package org.malleposte.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.blob.MessageBody;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.tables.OwnHost;
import org.malleposte.tables.TableLoader;
import org.malleposte.tables.TableSource;

/**
 * What other hosts see under the masquerading lines of a {@code sendmail.mc}. The expectations are
 * what the real sendmail 8.17.1.9 makes of these addresses ({@code -bt}, {@code /try esmtp}).
 */
class MasqueradedFormTest {
  private static final String MASQUERADE =
      """
      FEATURE(`use_cw_file')
      MASQUERADE_AS(`example.com')
      """;

  @TempDir Path directory;

  @Test
  void ourNamesShowTheDomainInFieldsOfSendersAlone() throws IOException {
    String shown =
        header(
            MASQUERADE,
            """
            From: Alice <alice@mx.example.com>
            Sender: "Bob, the builder" <bob@other.example>, (x@mx.example.com) carol@host.example
            Reply-To: alice@mx.example.com
            To: dan@mx.example.com
            Subject: from alice@mx.example.com
            """);

    assertThat(shown)
        .isEqualTo(
            """
            From: Alice <alice@example.com>
            Sender: "Bob, the builder" <bob@other.example>, (x@mx.example.com) carol@example.com
            Reply-To: alice@example.com
            To: dan@mx.example.com
            Subject: from alice@mx.example.com
            """);
  }

  @Test
  void formIsKept() throws IOException {
    assertThat(
            header(
                MASQUERADE,
                """
                from : =?utf-8?q?J=C3=BCrgen?=
                	<j@mx.example.com> ,
                  "a b"@mx.example.com
                Reply-To: friends: a@mx.example.com, b@far.example;, nobody: ;
                Sender: <@relay.example:c@mx.example.com>
                Resent-From: alice
                Resent-Sender: no address at all
                Errors-To: <>
                """))
        .isEqualTo(
            """
            from : =?utf-8?q?J=C3=BCrgen?=
            	<j@example.com> ,
              "a b"@example.com
            Reply-To: friends: a@example.com, b@far.example;, nobody: ;
            Sender: <@relay.example:c@mx.example.com>
            Resent-From: alice@example.com
            Resent-Sender: no address at all
            Errors-To: <>
            """);
  }

  @Test
  void whatIsNotUtf8LeavesByteForByte() throws IOException {
    byte[] mail =
        "From: J\u00fc <a@mx.example.com>\r\n\r\n\u00e9".getBytes(StandardCharsets.ISO_8859_1);
    var outgoing = form(MASQUERADE).of(ReversePath.NULL, new MessageBody.InMemory(mail));

    assertThat(outgoing.body().readAll())
        .isEqualTo(
            "From: J\u00fc <a@example.com>\r\n\r\n\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(outgoing.body().sizeBytes()).isEqualTo(outgoing.body().readAll().length);
  }

  @Test
  void exposedUsersAndExceptionsStay() throws IOException {
    assertThat(
            header(
                MASQUERADE
                    + """
                    MASQUERADE_DOMAIN(`branch.example')
                    MASQUERADE_EXCEPTION(`lab.example')
                    EXPOSED_USER(`root daemon')
                    """,
                """
                From: root@mx.example.com, Daemon@branch.example, root, alice@branch.example,
                  bob@sub.branch.example, carol@lab.example, dan@x.lab.example
                """))
        .isEqualTo(
            """
            From: root@mx.example.com, Daemon@branch.example, root@mx.example.com, alice@example.com,
              bob@sub.branch.example, carol@lab.example, dan@x.lab.example
            """);
  }

  @Test
  void theFeaturesWidenAndNarrow() throws IOException {
    String header =
        """
        From: a@mx.example.com, b@branch.example, c@sub.branch.example, d
        To: e@mx.example.com
        """;
    assertThat(
            header(
                MASQUERADE
                    + """
                    MASQUERADE_DOMAIN(`branch.example')
                    FEATURE(`limited_masquerade')
                    FEATURE(`masquerade_entire_domain')
                    """,
                header))
        .isEqualTo(
            """
            From: a@mx.example.com, b@example.com, c@example.com, d@example.com
            To: e@mx.example.com
            """);
    assertThat(header(MASQUERADE + "FEATURE(`allmasquerade')\n", header))
        .isEqualTo(
            """
            From: a@example.com, b@branch.example, c@sub.branch.example, d@example.com
            To: e@example.com
            """);
  }

  @Test
  void theReversePathIsMasqueradedWhenTheFeatureSaysSo() throws IOException {
    assertThat(path(MASQUERADE)).isEqualTo("<alice@mx.example.com>");
    assertThat(path(MASQUERADE + "FEATURE(`masquerade_envelope')\n"))
        .isEqualTo("<alice@example.com>");
  }

  @Test
  void namesComeFromFilesToo() throws IOException {
    Files.writeString(directory.resolve("masq"), "# ours\nbranch.example\n");
    assertThat(
            header(
                MASQUERADE + "MASQUERADE_DOMAIN_FILE(`/etc/mail/masq')\n",
                "From: b@branch.example\n"))
        .isEqualTo("From: b@example.com\n");
  }

  @Test
  void withoutTheDirectiveNothingChanges() throws IOException {
    var body = new MessageBody.InMemory("From: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(form("").of(ReversePath.NULL, body).body()).isSameAs(body);
  }

  /** A stranger writes the header: whatever it is, it ends, and nothing but domains changes. */
  @Test
  void anyHeaderAtAllEndsAndKeepsItsBytes() {
    long seed = 20_261_124;
    var random = new Random(seed);
    String letters = "<>()\"\\,;:@[] a.b\r\n\t%!\u00e9=";
    for (int round = 0; round < 20_000; round++) {
      var value = new StringBuilder();
      for (int i = random.nextInt(40); i > 0; i--) {
        value.append(letters.charAt(random.nextInt(letters.length())));
      }
      String text = value.toString();
      var same = new StringBuilder();
      new AddressFields((_, _) -> Optional.empty()).rewrite(text, same);
      assertThat(same.toString()).as("seed %d, round %d", seed, round).isEqualTo(text);
      var changed = new StringBuilder();
      new AddressFields((_, _) -> Optional.of(Domain.of("x.example"))).rewrite(text, changed);
      assertThat(changed.toString().replace("@x.example", "").length())
          .as("seed %d, round %d: %s", seed, round, changed)
          .isLessThanOrEqualTo(text.length());
    }
  }

  private String path(String mc) throws IOException {
    return form(mc)
        .of(
            ReversePath.of(EmailAddress.parse("alice@mx.example.com")),
            new MessageBody.InMemory("\r\n".getBytes(StandardCharsets.US_ASCII)))
        .from()
        .toString();
  }

  /** The header as it leaves; lines are written with LF here. */
  private String header(String mc, String header) throws IOException {
    String mail = header.replace("\n", "\r\n") + "\r\nFrom: a@mx.example.com\r\n";
    var body =
        form(mc)
            .of(ReversePath.NULL, new MessageBody.InMemory(mail.getBytes(StandardCharsets.UTF_8)))
            .body();
    String left = new String(body.readAll(), StandardCharsets.UTF_8);
    assertThat(left).endsWith("\r\n\r\nFrom: a@mx.example.com\r\n");
    assertThat(body.sizeBytes()).isEqualTo(body.readAll().length);
    return left.substring(0, left.indexOf("\r\n\r\n") + 2).replace("\r\n", "\n");
  }

  private OutboundForm form(String mc) throws IOException {
    Files.writeString(directory.resolve("sendmail.mc"), mc);
    Files.writeString(directory.resolve("local-host-names"), "host.example\n");
    var loaded =
        new TableLoader(OwnHost.named("mx.example.com"), Map.of())
            .load(new TableSource(directory, directory.resolve("aliases")));
    assertThat(loaded.hasErrors()).as(loaded.problems().toString()).isFalse();
    return new MasqueradedForm(loaded.masquerade(), loaded.tables().localHostNames());
  }
}

package org.malleposte.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.demo.DemoCluster;
import org.malleposte.transcript.TestCertificate;

/**
 * A real Postfix on both sides of a node: {@code before} sends to it, by SMTP, submission and LMTP;
 * {@code behind} is its smart host, and returns reports.
 */
class PostfixTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@example.org";

  /** By {@code behind}: a name that is not ASCII, a user, one who is not there yet. */
  private static final String FAR_USERS =
      "carol@elsewhere.example carol/\ndörte@elsewhere.example doerte/\nlate@elsewhere.example late/\n";

  @TempDir static Path directory;

  @AutoClose private static RealNode node;
  @AutoClose private static PrivatePostfix before;
  @AutoClose private static PrivatePostfix behind;
  private static Path access;
  private static int beforePort;

  @BeforeAll
  static void start() throws Exception {
    PrivatePostfix.requireInstalled();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port = DemoCluster.freePorts(RealNode.PORTS + 2);
    beforePort = port + RealNode.PORTS;
    int behindPort = beforePort + 1;
    node =
        new RealNode(
            directory.resolve("node"), port, List.of("clear.example", "lmtp.example"), behindPort);
    behind = behind(behindPort).start();
    before = before(beforePort).start();
    node.start();
  }

  private static PrivatePostfix before(int port) throws Exception {
    var passwords =
        Files.writeString(
            directory.resolve("passwords"), "[127.0.0.1]:" + node.submission() + " alice:secret\n");
    var postfix =
        new PrivatePostfix(
            directory.resolve("before"),
            port,
            """
            myhostname = before.example
            smtp_tls_security_level = encrypt
            smtp_tls_loglevel = 1
            lmtp_tls_security_level = encrypt
            relayhost = [127.0.0.1]:%1$d
            transport_maps = inline:{ {example.org = smtp:[127.0.0.1]:%2$d},
              {clear.example = clear:[127.0.0.1]:%2$d}, {lmtp.example = lmtp:inet:127.0.0.1:%3$d},
              {plain.example = plain:[127.0.0.1]:%1$d}, {login.example = login:[127.0.0.1]:%1$d}, {cram-md5.example = cram-md5:[127.0.0.1]:%1$d},
              {digest-md5.example = digest-md5:[127.0.0.1]:%1$d}, {scram-sha-1.example = scram-sha-1:[127.0.0.1]:%1$d},
              {scram-sha-256.example = scram-sha-256:[127.0.0.1]:%1$d} }
            smtp_sasl_auth_enable = yes
            smtp_sasl_password_maps = texthash:%4$s
            smtp_sasl_security_options = noanonymous
            message_size_limit = 40000000
            minimal_backoff_time = 1s
            """
                .formatted(node.submission(), node.smtp(), node.lmtp(), passwords));
    for (String mechanism :
        List.of("plain", "login", "cram-md5", "digest-md5", "scram-sha-1", "scram-sha-256")) {
      postfix.client(mechanism, "smtp", "smtp_sasl_mechanism_filter=" + mechanism);
    }
    return postfix.client("clear", "smtp", "smtp_tls_security_level=none");
  }

  private static PrivatePostfix behind(int port) throws Exception {
    var certificate = TestCertificate.create("behind.example");
    Path home = directory.resolve("behind");
    Path chain =
        Files.writeString(
            directory.resolve("behind.pem"), certificate.keyPem() + certificate.certificatePem());
    Path users = Files.writeString(directory.resolve("users"), FAR_USERS, UTF_8);
    access =
        Files.writeString(directory.resolve("access"), "late@elsewhere.example 450 4.2.0 later\n");
    Files.createDirectories(home.resolve("mail"));
    Files.setPosixFilePermissions(
        home.resolve("mail"), PosixFilePermissions.fromString("rwxrwxrwx"));
    return new PrivatePostfix(
        home,
        port,
        """
        myhostname = behind.example
        smtpd_tls_security_level = may
        smtpd_tls_chain_files = %s
        smtpd_tls_received_header = yes
        smtpd_tls_loglevel = 1
        virtual_mailbox_domains = elsewhere.example plain.example login.example cram-md5.example
          digest-md5.example scram-sha-1.example scram-sha-256.example
        virtual_mailbox_maps = texthash:%s inline:{ {x@plain.example = plain/},
          {x@login.example = login/}, {x@cram-md5.example = cram-md5/},
          {x@digest-md5.example = digest-md5/}, {x@scram-sha-1.example = scram-sha-1/},
          {x@scram-sha-256.example = scram-sha-256/} }
        smtpd_recipient_restrictions = check_recipient_access texthash:%s
        smtpd_relay_restrictions = permit_mynetworks, reject
        transport_maps = inline:{ {example.org = smtp:[127.0.0.1]:%d} }
        %s"""
            .formatted(chain, users, access, node.smtp(), PrivatePostfix.maildirSettings(home)));
  }

  private static void feed(Letter letter, String from, String... to) throws Exception {
    var replies = Feed.send(beforePort, from, List.of(to), letter.message(ALICE, BOB));
    assertThat(replies).allMatch(reply -> reply.startsWith("250"));
  }

  /** Of the one mail with this subject in the Maildir. */
  private static String awaitFar(String user, Letter letter) {
    return await("a mail about " + letter.subject() + " for " + user)
        .atMost(PATIENCE)
        .until(
            () -> behind.maildir(user).stream().filter(m -> m.contains(letter.subject())).toList(),
            mails -> mails.size() == 1)
        .getFirst();
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.org", "clear.example", "lmtp.example"})
  void sendsToSeveralOfWhomOneIsRefused(String domain) throws Exception {
    var letter = Letter.tricky("several." + domain);
    feed(
        letter,
        "<" + BOB + "> BODY=8BITMIME",
        "<alice@" + domain + ">",
        "<nobody@" + domain + ">",
        "<bob@" + domain + ">");
    String bounce = "rfc822; nobody@" + domain;
    for (String account : List.of("alice", "bob")) {
      String mail =
          await()
              .atMost(PATIENCE)
              .until(
                  () ->
                      node.inbox(account).with("Subject: " + letter.subject()).stream()
                          .filter(m -> !m.contains(bounce))
                          .toList(),
                  mails -> mails.size() == 1)
              .getFirst();
      assertThat(Letter.bodyOf(mail)).isEqualTo(letter.body());
      assertThat(mail)
          .contains(
              switch (domain) {
                case "example.org" -> "with ESMTPS\r\n";
                case "clear.example" -> "with ESMTP\r\n";
                default -> "with LMTPS\r\n";
              });
    }
    assertThat(node.inbox("bob").await(bounce)).contains("Status: 5.1.1", "before.example");
  }

  @Test
  void sendsABigMail() throws Exception {
    var letter = Letter.big("big", 5 << 20);
    feed(letter, "<far@elsewhere.example>", "<" + ALICE + ">", "<bob@lmtp.example>");
    for (String account : List.of("alice", "bob")) {
      assertThat(Letter.bodyOf(node.inbox(account).await(letter.header())))
          .isEqualTo(letter.body());
    }
  }

  @Test
  void bouncesWhatIsTooBigWithoutSendingIt() throws Exception {
    var letter = Letter.big("too-big", 9 << 20);
    feed(letter, "<" + BOB + ">", "<" + ALICE + ">");
    assertThat(node.inbox("bob").await("size limit " + RealNode.MESSAGE_BYTES_MAX + " of server"))
        .contains("Status: 5.3.4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"plain", "login", "cram-md5", "digest-md5", "scram-sha-1", "scram-sha-256"})
  void submitsAndTheMailGoesOn(String mechanism) throws Exception {
    var letter = Letter.tricky("submitted-" + mechanism);
    feed(letter, "<" + ALICE + "> BODY=8BITMIME", "<x@" + mechanism + ".example>");
    String mail = awaitFar(mechanism, letter);
    assertThat(Letter.bodyOf(mail)).isEqualTo(letter.body());
    assertThat(mail).contains("with ESMTPSA\n", "using TLSv1.3", "Return-Path: <" + ALICE + ">");
  }

  @Test
  void whatTheSenderWantsToHearGoesAllTheWayAndTheReportComesBack() throws Exception {
    var letter = Letter.ascii("reported");
    feed(
        letter,
        "<" + ALICE + "> RET=HDRS ENVID=QQ+2B314159",
        "<carol@elsewhere.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Carol+2Bx@first.example");
    awaitFar("carol", letter);
    String report = node.inbox("alice").await("Original-Envelope-Id: QQ+314159");
    assertThat(report)
        .contains("Reporting-MTA: dns; behind.example", "Action: delivered", "Status: 2.0.0")
        .containsIgnoringCase("Original-Recipient: rfc822;Carol+x@first.example")
        .doesNotContain("another\r\n");
    assertThat(node.inbox("alice").with("Original-Envelope-Id: QQ+314159")).hasSize(1);
  }

  @Test
  void whomTheNextHopRefusesBouncesAndTheOtherGetsTheMail() throws Exception {
    var letter = Letter.tricky("partly-refused");
    feed(
        letter,
        "<" + ALICE + "> BODY=8BITMIME ENVID=bounce1",
        "<nobody@elsewhere.example>",
        "<carol@elsewhere.example>");
    assertThat(Letter.bodyOf(awaitFar("carol", letter))).isEqualTo(letter.body());
    assertThat(node.inbox("alice").await("Original-Envelope-Id: bounce1"))
        .contains(
            "Reporting-MTA: dns; " + RealNode.NAME,
            "nobody@elsewhere.example",
            "Action: failed",
            "Status: 5.1.1");
    assertThat(behind.maildir("carol").stream().filter(m -> m.contains(letter.subject())))
        .hasSize(1);
  }

  @Test
  void whatTheNextHopTakesLaterWaits() throws Exception {
    var letter = Letter.ascii("deferred");
    feed(letter, "<" + ALICE + ">", "<late@elsewhere.example>");
    await().atMost(PATIENCE).until(() -> behind.log().contains("450 4.2.0"));
    Files.writeString(access, "");
    behind.reload();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              node.flush();
              return behind.maildir("late").size() == 1;
            });
    assertThat(Letter.bodyOf(awaitFar("late", letter))).isEqualTo(letter.body());
  }

  @Test
  void addressesInUtf8() throws Exception {
    var letter = Letter.tricky("utf8-grüße");
    feed(
        letter,
        "<" + ALICE + "> BODY=8BITMIME SMTPUTF8",
        "<" + BOB + ">",
        "<dörte@elsewhere.example>");
    assertThat(awaitFar("doerte", Letter.ascii("utf8-gr"))).contains("with UTF8SMTPSA\n");
  }
}

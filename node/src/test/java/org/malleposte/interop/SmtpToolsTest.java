package org.malleposte.interop;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.malleposte.demo.DemoCluster;

/** The programs with which people try and use a mail server. */
class SmtpToolsTest {
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@example.org";
  private static final int BIG_OCTETS = 5 << 20;

  /** Arguments: what to do, port, file of the message. */
  private static final String SMTPLIB =
      """
      import smtplib, ssl, sys
      what, port, message = sys.argv[1], int(sys.argv[2]), open(sys.argv[3], 'rb').read()
      alice, bob, nobody = 'alice@example.org', 'bob@example.org', 'nobody@example.org'
      context = ssl.create_default_context()
      context.check_hostname = False
      context.verify_mode = ssl.CERT_NONE
      if what == 'lmtp':
          with smtplib.LMTP('127.0.0.1', port) as s:
              # One reply to a mail is all that it reads, so one of them is taken.
              assert list(s.sendmail('', [nobody, bob], message)) == [nobody]
      elif what == 'utf8':
          with smtplib.SMTP('127.0.0.1', port) as s:
              s.sendmail('d\\u00f6rte@elsewhere.example', [bob], message,
                  ['SMTPUTF8', 'BODY=8BITMIME', 'RET=HDRS', 'ENVID=x'], ['NOTIFY=NEVER'])
      elif what == 'too big':
          with smtplib.SMTP('127.0.0.1', port) as s:
              try:
                  s.sendmail(alice, [bob], message)
                  raise AssertionError('taken')
              except smtplib.SMTPSenderRefused as e:
                  assert e.smtp_code == 552, e
              assert s.noop()[0] == 250
      elif what == 'implicit':
          with smtplib.SMTP_SSL('127.0.0.1', port, context=context) as s:
              s.login('alice', 'secret')
              assert list(s.sendmail(alice, [bob, nobody], message, ['BODY=8BITMIME'])) == [nobody]
      else:
          with smtplib.SMTP('127.0.0.1', port) as s:
              s.starttls(context=context)
              s.ehlo()
              s.user, s.password = 'alice', 'secret'
              method = getattr(s, 'auth_' + what.lower().replace('-', '_'))
              assert s.auth(what, method)[0] == 235
              s.sendmail(alice, [bob], message, ['BODY=8BITMIME'])
      """;

  @TempDir static Path directory;
  @AutoClose private static RealNode node;

  @BeforeAll
  static void start() throws Exception {
    int port = DemoCluster.freePorts(RealNode.PORTS);
    node = new RealNode(directory.resolve("node"), port, List.of(), 1).start();
  }

  private static Path write(Letter letter) throws Exception {
    return Files.write(Files.createTempFile(directory, "mail", ".eml"), letter.message(ALICE, BOB));
  }

  private static void arrived(Letter letter, String with) {
    String mail = node.inbox("bob").await(letter.header());
    // swaks ends a mail with an empty line of its own.
    String added = letter.subject().startsWith("swaks") ? "\r\n" : "";
    assertThat(Letter.bodyOf(mail)).isEqualTo(letter.body() + added);
    assertThat(mail).contains("with " + with + "\r\n");
  }

  private static Programs.Ended run(List<String> command, Path input) throws Exception {
    Programs.require(command.getFirst());
    return Programs.run(directory, command, Files.readAllBytes(input));
  }

  private static void swaks(int port, Letter letter, String... more) throws Exception {
    Path message = write(letter);
    var command =
        new ArrayList<>(
            List.of("swaks", "--server", "127.0.0.1:" + port, "--from", ALICE, "--data"));
    command.add("@" + message);
    command.addAll(List.of(more));
    run(command, message).requireSuccess();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5"})
  void swaksSubmits(String mechanism) throws Exception {
    Programs.require("swaks");
    String able = Programs.run(directory, List.of("swaks", "--support")).output();
    assumeTrue(
        mechanism.length() == 5 || able.contains("AUTH " + mechanism + " supported"),
        "swaks lacks a Perl module for " + mechanism);
    var letter = Letter.tricky("swaks-" + mechanism);
    swaks(
        node.submission(),
        letter,
        "-tls",
        "--auth",
        mechanism,
        "--auth-user",
        "alice",
        "--auth-password",
        "secret",
        "--to",
        BOB);
    arrived(letter, "ESMTPSA");
  }

  @Test
  void swaksInThePipelineToSeveralOfWhomOneIsRefused() throws Exception {
    var letter = Letter.tricky("swaks-pipeline");
    swaks(node.smtp(), letter, "--pipeline", "--to", BOB + ",nobody@example.org," + ALICE);
    arrived(letter, "ESMTP");
    assertThat(node.inbox("alice").with(letter.header())).hasSize(1);
  }

  @Test
  void swaksBigWithImplicitTls() throws Exception {
    var letter = Letter.big("swaks-big", BIG_OCTETS);
    swaks(
        node.submissions(),
        letter,
        "-tlsc",
        "--auth",
        "PLAIN",
        "--auth-user",
        "alice",
        "--auth-password",
        "secret",
        "--to",
        BOB);
    arrived(letter, "ESMTPSA");
  }

  @Test
  void swaksSpeaksLmtp() throws Exception {
    var letter = Letter.tricky("swaks-lmtp");
    swaks(node.lmtp(), letter, "--protocol", "LMTP", "--to", BOB);
    arrived(letter, "LMTP");
  }

  @ParameterizedTest
  @CsvSource({"PLAIN,tls", "LOGIN,tls", "CRAM-MD5,tls", "DIGEST-MD5,tls", "PLAIN,implicit"})
  void curlSubmits(String mechanism, String tls) throws Exception {
    var letter =
        tls.equals("implicit")
            ? Letter.big("curl-big", BIG_OCTETS)
            : Letter.tricky("curl-" + mechanism);
    Path message = write(letter);
    String url =
        tls.equals("implicit")
            ? "smtps://127.0.0.1:" + node.submissions()
            : "smtp://127.0.0.1:" + node.submission();
    run(
            List.of(
                "curl",
                "-sS",
                "-k",
                "--ssl-reqd",
                url,
                "--user",
                "alice:secret",
                "--login-options",
                "AUTH=" + mechanism,
                "--mail-from",
                ALICE,
                "--mail-rcpt",
                BOB,
                "-T",
                message.toString()),
            message)
        .requireSuccess();
    arrived(letter, "ESMTPSA");
  }

  @ParameterizedTest
  @CsvSource({
    "plain,on",
    "login,on",
    "cram-md5,on",
    "digest-md5,on",
    "scram-sha-1,on",
    "scram-sha-256,on",
    "scram-sha-256,off"
  })
  void msmtpSubmits(String mechanism, String starttls) throws Exception {
    boolean implicit = starttls.equals("off");
    var letter =
        implicit ? Letter.big("msmtp-big", BIG_OCTETS) : Letter.tricky("msmtp-" + mechanism);
    run(
            List.of(
                "msmtp",
                "--file=/dev/null",
                "--host=127.0.0.1",
                "--port=" + (implicit ? node.submissions() : node.submission()),
                "--tls=on",
                "--tls-starttls=" + starttls,
                "--tls-certcheck=off",
                "--auth=" + mechanism,
                "--user=alice",
                "--passwordeval=echo secret",
                "--from=" + ALICE,
                BOB),
            write(letter))
        .requireSuccess();
    arrived(letter, "ESMTPSA");
  }

  private static void smtplib(String what, int port, Letter letter) throws Exception {
    Path script = Files.writeString(Files.createTempFile(directory, "smtp", ".py"), SMTPLIB);
    Path message = write(letter);
    run(
            List.of("python3", script.toString(), what, String.valueOf(port), message.toString()),
            message)
        .requireSuccess();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "LOGIN", "CRAM-MD5"})
  void smtplibSubmits(String mechanism) throws Exception {
    var letter = Letter.tricky("smtplib-" + mechanism);
    smtplib(mechanism, node.submission(), letter);
    arrived(letter, "ESMTPSA");
  }

  @Test
  void smtplibWithImplicitTlsAndARefusedRecipient() throws Exception {
    var letter = Letter.tricky("smtplib-implicit");
    smtplib("implicit", node.submissions(), letter);
    arrived(letter, "ESMTPSA");
  }

  @Test
  void smtplibSpeaksLmtp() throws Exception {
    var letter = Letter.tricky("smtplib-lmtp");
    smtplib("lmtp", node.lmtp(), letter);
    arrived(letter, "LMTP");
  }

  @Test
  void smtplibWithUtf8AndReports() throws Exception {
    var letter = Letter.tricky("smtplib-utf8");
    smtplib("utf8", node.smtp(), letter);
    arrived(letter, "UTF8SMTP");
  }

  @Test
  void smtplibIsToldOfTheSize() throws Exception {
    smtplib("too big", node.smtp(), Letter.big("smtplib-too-big", 9 << 20));
  }

  /** All in one go, the message as one chunk. */
  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void opensslInThePipeline(String version) throws Exception {
    var letter = Letter.tricky("openssl" + version);
    byte[] message = letter.message(ALICE, BOB);
    Path dialogue = Files.createTempFile(directory, "dialogue", "");
    Files.writeString(
        dialogue,
        "EHLO x.example\r\nMAIL FROM:<a@b.example> BODY=8BITMIME\r\nRCPT TO:<bob@example.org>\r\nBDAT "
            + message.length
            + " LAST\r\n"
            + new String(message, ISO_8859_1)
            + "QUIT\r\n",
        ISO_8859_1);
    var ended =
        run(
            List.of(
                "openssl",
                "s_client",
                "-starttls",
                "smtp",
                "-connect",
                "127.0.0.1:" + node.smtp(),
                version,
                "-quiet"),
            dialogue);
    assertThat(ended.output()).contains("250 2.0.0", "221 2.0.0");
    arrived(letter, "ESMTPS");
  }

  @Test
  void opensslFindsNoOldTls() throws Exception {
    Path nothing = Files.createTempFile(directory, "nothing", "");
    String server = "127.0.0.1:" + node.submissions();
    var ended =
        run(
            List.of(
                "openssl", "s_client", "-connect", server, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"),
            nothing);
    assertThat(ended.status()).as(ended.output()).isNotZero();
    assertThat(ended.output()).contains("alert protocol version");
  }
}

package org.malleposte.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.mailbox.MailboxName;

/** Programs that people use; each test is skipped, and says so, where its program is absent. */
class ImapClientsTest {
  private static final String IMAPLIB =
      """
      import imaplib, sys
      with imaplib.IMAP4('127.0.0.1', int(sys.argv[1])) as m:
          import ssl
          context = ssl.create_default_context(); context.check_hostname = False
          context.verify_mode = ssl.CERT_NONE
          m.starttls(context)
          m.login('alice', 'secret')
          assert m.select()[1] == [b'2'], 'select'
          assert m.search(None, 'SUBJECT', '"meeting"')[1] == [b'1'], 'search'
          typ, data = m.fetch('1:2', '(UID FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])')
          assert typ == 'OK' and b'afternoon' in data[0][1], data
          message = m.fetch('2', '(RFC822)')[1][0][1]
          import email
          parts = [p.get_content_type() for p in email.message_from_bytes(message).walk()]
          assert parts[0] == 'multipart/mixed' and 'text/html' in parts, parts
          assert m.create('Archive')[0] == 'OK'
          assert m.copy('1', 'Archive')[0] == 'OK'
          assert m.store('1', '+FLAGS', r'(\\Deleted)')[0] == 'OK'
          assert m.expunge()[1] == [b'1'], 'expunge'
          assert m.append('Archive', r'(\\Seen)', imaplib.Time2Internaldate(0), b'Subject: a\\n\\nb\\n')[0] == 'OK'
          assert m.status('Archive', '(MESSAGES UNSEEN)')[1][0].startswith(b'Archive (MESSAGES 2'), 'status'
          assert m.uid('SEARCH', 'ALL')[1] == [b'2'], 'uid'
          assert len(m.list()[1]) == 2
          m.close()
      print('imaplib done')
      """;

  private ImapFixture server;
  @TempDir private Path directory;

  @BeforeEach
  void start() {
    server = ImapFixture.start();
    server.deliver(ImapScenes.PLAIN);
    server.deliver(ImapScenes.MIXED);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void pythonsImaplib() throws Exception {
    Path script = Files.writeString(directory.resolve("client.py"), IMAPLIB);
    assertThat(run("python3", script.toString(), port(false))).contains("imaplib done");
  }

  @Test
  void curl() throws Exception {
    String inbox = "imap://127.0.0.1:" + port(false) + "/INBOX";
    String secure = "imaps://127.0.0.1:" + port(true) + "/";
    assertThat(curl(inbox + ";UID=1")).contains("Hello Joe");
    assertThat(curl(inbox + ";UID=2;SECTION=1")).contains("Gr=C3=BC");
    assertThat(curl("--ssl-reqd", inbox + "?SUBJECT%20meeting")).contains("* SEARCH 1");
    assertThat(curl(secure)).contains("* LIST (\\HasNoChildren) \"/\" INBOX");
    Path message =
        Files.writeString(directory.resolve("new.eml"), "Subject: sent\r\n\r\nhello\r\n");
    curl("-T", message.toString(), secure + "INBOX");
    assertThat(curl(secure + "INBOX;UID=3")).contains("Subject: sent");
  }

  private String curl(String... arguments) throws Exception {
    var command = new ArrayList<>(List.of("curl", "-sS", "-k", "-u", "alice:secret"));
    command.addAll(Arrays.asList(arguments));
    return run(command.toArray(String[]::new));
  }

  @Test
  void mbsyncBothWays() throws Exception {
    Path maildir = Files.createDirectories(directory.resolve("mail"));
    Path config =
        Files.writeString(
            directory.resolve("mbsyncrc"),
            """
            IMAPAccount a
            Host 127.0.0.1
            Port %s
            User alice
            Pass secret
            SSLType None

            IMAPStore far
            Account a

            MaildirStore near
            Path %s/
            Inbox %s/INBOX

            Channel all
            Far :far:
            Near :near:
            Patterns *
            Create Both
            Expunge Both
            SyncState *
            """
                .formatted(port(false), maildir, maildir));
    run("mbsync", "-c", config.toString(), "-a");
    Path fresh = maildir.resolve("INBOX/new");
    Path seen = maildir.resolve("INBOX/cur");
    assertThat(count(fresh) + count(seen)).as("pulled").isEqualTo(2);
    Path meeting = withSubject(fresh, "afternoon meeting");
    Path other = withSubject(fresh, "and more");
    Files.writeString(seen.resolve("1.2.host:2,S"), "Subject: from here\n\nhello\n");
    Files.move(meeting, seen.resolve(meeting.getFileName() + "FRS"));
    Files.move(other, seen.resolve(other.getFileName() + "T"));
    server.deliver("Subject: later\n\nx\n");
    run("mbsync", "-c", config.toString(), "-a");
    assertThat(server.subjectsAndFlags())
        .containsExactly(
            "afternoon meeting: \\Answered \\Flagged \\Seen", "later: ", "from here: \\Seen");
    assertThat(count(fresh) + count(seen)).as("pulled, pushed, expunged").isEqualTo(3);
    server.expunge("later");
    run("mbsync", "-c", config.toString(), "-a");
    assertThat(count(fresh) + count(seen)).as("expunged there").isEqualTo(2);
    var before = server.store.find(ImapFixture.ALICE, MailboxName.INBOX);
    run("mbsync", "-c", config.toString(), "-a");
    assertThat(server.store.find(ImapFixture.ALICE, MailboxName.INBOX))
        .as("nothing to do")
        .isEqualTo(before);
  }

  private static Path withSubject(Path folder, String words) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(words)) {
          return file;
        }
      }
    }
    throw new AssertionError("no mail about " + words + " in " + folder);
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  private String port(boolean tls) {
    return String.valueOf(server.address(tls).getPort());
  }

  private String run(String... command) throws Exception {
    boolean present =
        Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(path -> Files.isExecutable(Path.of(path, command[0])));
    assumeTrue(present, "not installed: " + command[0]);
    Path output = directory.resolve("output");
    var process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .directory(directory.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    String text = Files.readString(output, StandardCharsets.ISO_8859_1);
    assertThat(process.waitFor()).as(String.join(" ", command) + "\n" + text).isZero();
    return text;
  }
}

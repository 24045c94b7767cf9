package org.malleposte.interop;

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

/**
 * A real Exim on both sides of a node: what comes in at one of its ports it sends to the node, in
 * chunks; what comes in at the other, as from a smart host's client, it keeps.
 */
class EximTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ALICE = "alice@example.org";
  private static final String BOB = "bob@example.org";

  @TempDir static Path directory;

  @AutoClose private static RealNode node;
  @AutoClose private static PrivateExim exim;
  private static int before;

  @BeforeAll
  static void start() throws Exception {
    PrivateExim.requireInstalled();
    Programs.require("openssl");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port = DemoCluster.freePorts(RealNode.PORTS + 2);
    before = port + RealNode.PORTS;
    int behind = before + 1;
    node =
        new RealNode(
            directory.resolve("node"), port, List.of("clear.example", "lmtp.example"), behind);
    Path home = Files.createDirectories(directory.resolve("exim"));
    Files.writeString(home.resolve("not-yet"), "late");
    exim = new PrivateExim(home, behind, config(home, behind));
    node.start();
  }

  private static String config(Path home, int behind) throws Exception {
    Path shown = home.resolve("exim.crt");
    Path key = home.resolve("exim.key");
    // GnuTLS cannot read an EC key as the JDK writes it.
    var request =
        "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=exim.example -keyout %s -out %s";
    Programs.run(home, List.of(request.formatted(key, shown).split(" "))).requireSuccess();
    for (Path file : List.of(shown, key)) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
    return """
        primary_hostname = exim.example
        local_interfaces = 127.0.0.1
        daemon_smtp_ports = %1$d : %2$d
        keep_environment =
        deliver_drop_privilege = true
        tls_advertise_hosts = *
        tls_certificate = %3$s
        tls_privatekey = %8$s
        dsn_advertise_hosts = *
        smtputf8_advertise_hosts = *
        message_size_limit = 40M
        rfc1413_query_timeout = 0s
        acl_smtp_rcpt = rcpt
        acl_smtp_data = accept
        log_selector = +received_recipients +smtp_confirmation +tls_cipher +8bitmime
        BEHIND = ${if eq{$received_port}{%2$d}}

        begin acl
        rcpt:
          defer
            condition = BEHIND
            local_parts = late
            condition = ${if exists{%4$s/not-yet}}
            message = later
          deny
            condition = BEHIND
            local_parts = nobody
            message = no such user
          accept

        begin routers
        behind:
          driver = accept
          condition = BEHIND
          domains = elsewhere.example : plain.example : login.example : cram.example
          local_parts = carol : late : x : dörte
          transport = maildir
        mx:
          driver = manualroute
          domains = example.org
          route_list = * 127.0.0.1
          self = send
          transport = mx
        clear:
          driver = manualroute
          domains = clear.example
          route_list = * 127.0.0.1
          self = send
          transport = clear
        lmtp:
          driver = manualroute
          domains = lmtp.example
          route_list = * 127.0.0.1
          self = send
          transport = lmtp
        login:
          driver = manualroute
          domains = login.example
          route_list = * 127.0.0.1
          self = send
          transport = login
        cram:
          driver = manualroute
          domains = cram.example
          route_list = * 127.0.0.1
          self = send
          transport = cram
        plain:
          driver = manualroute
          route_list = * 127.0.0.1
          self = send
          transport = plain

        begin transports
        maildir:
          driver = appendfile
          maildir_format
          directory = %4$s/mail/${if eq{$local_part_data}{x}{$domain_data}\\
            {${if match{$local_part_data}{^d}{doerte}{$local_part_data}}}}
          create_directory
          user = Debian-exim
          return_path_add
        mx:
          driver = smtp
          port = %5$d
          hosts_require_tls = *
          tls_verify_hosts =
          tls_try_verify_hosts =
        clear:
          driver = smtp
          port = %5$d
          hosts_avoid_tls = *
        lmtp:
          driver = smtp
          protocol = lmtp
          port = %6$d
        plain:
          driver = smtp
          port = %7$d
          hosts_require_tls = *
          hosts_require_auth = *
          tls_verify_hosts =
          tls_try_verify_hosts =
        login:
          driver = smtp
          port = %7$d
          hosts_require_tls = *
          hosts_require_auth = *
          tls_verify_hosts =
          tls_try_verify_hosts =
        cram:
          driver = smtp
          port = %7$d
          hosts_avoid_tls = *
          hosts_require_auth = *

        begin retry
        * * F,1h,2s

        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          client_condition = ${if eq{$transport_name}{plain}}
          client_send = ^alice^secret
        login:
          driver = plaintext
          public_name = LOGIN
          client_condition = ${if eq{$transport_name}{login}}
          client_send = : alice : secret
        cram:
          driver = cram_md5
          public_name = CRAM-MD5
          client_condition = ${if eq{$transport_name}{cram}}
          client_name = alice
          client_secret = secret
        """
        .formatted(before, behind, shown, home, node.smtp(), node.lmtp(), node.submission(), key);
  }

  private static void feed(Letter letter, String from, String... to) throws Exception {
    var replies = Feed.send(before, from, List.of(to), letter.message(ALICE, BOB));
    assertThat(replies).allMatch(reply -> reply.startsWith("250"));
  }

  private static String awaitFar(String user, String subject) {
    return await("a mail about " + subject + " for " + user)
        .atMost(PATIENCE)
        .until(
            () -> exim.maildir(user).stream().filter(m -> m.contains(subject)).toList(),
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
    String mail = node.inbox("alice").await(letter.header());
    assertThat(Letter.bodyOf(mail)).isEqualTo(letter.body());
    assertThat(mail)
        .contains(
            switch (domain) {
              case "example.org" -> "with ESMTPS\r\n";
              case "clear.example" -> "with ESMTP\r\n";
              default -> "with LMTP";
            });
    assertThat(node.inbox("bob").await("rfc822;nobody@" + domain)).contains("Status: 5.0.0");
    assertThat(node.inbox("bob").with("Delivered-To: bob@" + domain)).isNotEmpty();
  }

  @Test
  void sendsInChunks() throws Exception {
    var letter = Letter.big("big", 5 << 20);
    feed(letter, "<far@elsewhere.example>", "<" + ALICE + ">", "<bob@clear.example>");
    for (String account : List.of("alice", "bob")) {
      assertThat(Letter.bodyOf(node.inbox(account).await(letter.header())))
          .isEqualTo(letter.body());
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(exim.log().lines())
                    .anyMatch(l -> l.contains("=> " + ALICE) && l.contains(" K "))
                    .anyMatch(l -> l.contains("=> bob@clear.example") && l.contains(" K ")));
  }

  @Test
  void bouncesWhatIsTooBig() throws Exception {
    var letter = Letter.big("too-big", 9 << 20);
    feed(letter, "<" + BOB + ">", "<" + ALICE + ">");
    assertThat(node.inbox("bob").await("552 5.3.4")).contains("exim.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "login", "cram"})
  void submitsAndTheMailGoesOn(String mechanism) throws Exception {
    var letter = Letter.tricky("submitted-" + mechanism);
    feed(letter, "<" + ALICE + "> BODY=8BITMIME", "<x@" + mechanism + ".example>");
    String mail = awaitFar(mechanism + ".example", letter.subject());
    assertThat(Letter.bodyOf(mail)).isEqualTo(letter.body());
    assertThat(mail)
        .contains(mechanism.equals("cram") ? "with ESMTPA\n" : "with ESMTPSA\n", "(TLS1.3)")
        .containsIgnoringCase("Return-Path: <" + ALICE + ">");
  }

  @Test
  void whatTheSenderWantsToHearGoesAllTheWayAndTheReportComesBack() throws Exception {
    var letter = Letter.ascii("reported");
    feed(
        letter,
        "<" + ALICE + "> RET=HDRS ENVID=QQ+2B314159",
        "<carol@elsewhere.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;Carol+2Bx@first.example");
    awaitFar("carol", letter.subject());
    String report = node.inbox("alice").await("Original-Envelope-ID: QQ");
    assertThat(report)
        .contains("Reporting-MTA: dns; exim.example", "Action: delivered")
        .doesNotContain("another\r\n");
  }

  @Test
  void whomTheNextHopRefusesBouncesAndTheOtherGetsTheMail() throws Exception {
    var letter = Letter.tricky("partly-refused");
    feed(
        letter,
        "<" + ALICE + "> BODY=8BITMIME ENVID=bounce1",
        "<nobody@elsewhere.example>",
        "<carol@elsewhere.example>");
    assertThat(Letter.bodyOf(awaitFar("carol", letter.subject()))).isEqualTo(letter.body());
    assertThat(node.inbox("alice").await("Original-Envelope-Id: bounce1"))
        .contains(
            "Reporting-MTA: dns; " + RealNode.NAME,
            "nobody@elsewhere.example",
            "Action: failed",
            "no such user");
  }

  @Test
  void whatTheNextHopTakesLaterWaits() throws Exception {
    var letter = Letter.ascii("deferred");
    feed(letter, "<" + ALICE + ">", "<late@elsewhere.example>");
    await().atMost(PATIENCE).until(() -> exim.log().contains("temporarily rejected RCPT"));
    Files.delete(exim.home().resolve("not-yet"));
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () -> {
              node.flush();
              return exim.maildir("late").size() == 1;
            });
    assertThat(Letter.bodyOf(awaitFar("late", letter.subject()))).isEqualTo(letter.body());
  }

  @Test
  void addressesInUtf8() throws Exception {
    var letter = Letter.tricky("utf8-gruesse");
    feed(letter, "<" + ALICE + "> BODY=8BITMIME SMTPUTF8", "<dörte@elsewhere.example>");
    assertThat(awaitFar("doerte", letter.subject())).contains("with UTF8SMTPSA\n");
  }
}

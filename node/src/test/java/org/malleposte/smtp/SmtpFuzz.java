package org.malleposte.smtp;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.malleposte.delivery.DeliveryFuzz;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.transcript.Transcript;
import org.malleposte.transcript.TranscriptLine;

/** Commands, headers and replies of SMTP. */
public final class SmtpFuzz {
  private static final SubmittedHeader.Missing MISSING =
      new SubmittedHeader.Missing("Mon, 4 May 2026 10:00:00 +0000", "<1@mx.test>");

  private SmtpFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget("smtp-command", SmtpFuzz::command, SmtpFuzz::lines),
        FuzzTarget.of(
            "smtp-header",
            SmtpFuzz::header,
            "\7Received: a\r\n b\r\nBcc: x\r\n y\r\nSubject: s\r\n\r\nbody\r\n",
            "\1Date : x\r\nMessage-ID: y\r\n\r\n",
            "\2no header\r\n\r\nbody",
            "\4Bcc: x"),
        FuzzTarget.of(
            "smtp-reply", SmtpFuzz::reply, "\372hello\nyou", "\2a\r\nb" + "x".repeat(600)),
        FuzzTarget.of(
            "smtp-login-message", SmtpFuzz::greeting, "$j Sendmail $v; $b", "$$ ${x} $?x y $."));
  }

  /** The client's side of each transcript, in clear from end to end. */
  static List<byte[]> dialogues() {
    return Transcript.in("smtp", ".smtp").stream().map(SmtpFuzz::dialogue).toList();
  }

  /** The client's side of one. */
  static byte[] dialogue(Transcript transcript) {
    var text = new StringBuilder();
    for (TranscriptLine line : transcript.lines()) {
      if (line instanceof TranscriptLine.Send(_, int connection, var sent, boolean escaped)
          && connection == 1
          && !sent.startsWith("STARTTLS")) {
        text.append(
            escaped
                ? sent.replace("\\r", "\r").replace("\\n", "\n").replace("\\x00", "\0")
                : sent.replace("${plain}", "AGFsaWNlAHNlY3JldA==") + "\r\n");
      }
    }
    return Fuzz.bytes(text.toString());
  }

  private static List<byte[]> lines() {
    return dialogues().stream()
        .flatMap(dialogue -> Fuzz.text(dialogue).lines())
        .filter(line -> line.length() < 300)
        .distinct()
        .map(Fuzz::bytes)
        .toList();
  }

  /** Up to its end of line, as the framer has it. */
  private static byte[] line(byte[] data) {
    int end = 0;
    while (end < data.length && data[end] != '\n' && data[end] != '\r') {
      end++;
    }
    return Arrays.copyOf(data, end);
  }

  private static SmtpCommand parse(String text) {
    return SmtpCommandParser.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static void command(byte[] data) {
    byte[] line = line(data);
    SmtpCommand command = SmtpCommandParser.parse(line);
    switch (command) {
      case SmtpCommand.Mail(var from, var parameters) -> mail(from, parameters);
      case SmtpCommand.Rcpt(var to, var dsn) -> rcpt(to, dsn);
      case SmtpCommand.Bdat(long octets, var _) -> Fuzz.check(octets >= 0, "negative chunk");
      case SmtpCommand.Ehlo(var name) -> hello(name);
      case SmtpCommand.Helo(var name) -> hello(name);
      case SmtpCommand.Lhlo(var name) -> hello(name);
      case SmtpCommand.Etrn(var domain, var _) -> oneWord(domain.name());
      case SmtpCommand.Faulty(var fault) -> SmtpReplies.of(fault);
      case SmtpCommand.Data _,
          SmtpCommand.Rset _,
          SmtpCommand.Noop _,
          SmtpCommand.Quit _,
          SmtpCommand.Help _,
          SmtpCommand.Vrfy _,
          SmtpCommand.Expn _,
          SmtpCommand.StartTls _,
          SmtpCommand.Auth _,
          SmtpCommand.OtherProtocol _,
          SmtpCommand.Unknown _ -> {}
    }
  }

  private static void hello(String name) {
    Fuzz.check(name.chars().allMatch(c -> c > ' ' && c < 0x7f), "name in Received");
  }

  private static void oneWord(String text) {
    boolean clean = text.chars().allMatch(c -> c > ' ' && c != 0x7f && c != '<' && c != '>');
    Fuzz.check(clean, "not one word: " + text);
  }

  /** What we send on says the same, and nothing else. */
  private static void mail(ReversePath from, MailParameters parameters) {
    from.address().ifPresent(address -> oneWord(address.domain().name()));
    Fuzz.same(from, ReversePath.parse(from.toString()), "reverse-path");
    var dsn = new DsnRequest(parameters.returned(), parameters.envelopeId(), Map.of());
    String sent =
        "MAIL FROM:" + from + (parameters.smtpUtf8() ? " SMTPUTF8" : "") + DeliveryFuzz.ofMail(dsn);
    if (parse(sent) instanceof SmtpCommand.Mail(var again, var said)) {
      Fuzz.same(from, again, "sender sent on");
      Fuzz.same(parameters.returned(), said.returned(), "RET sent on");
      Fuzz.same(parameters.envelopeId(), said.envelopeId(), "ENVID sent on");
    } else {
      throw new AssertionError("sent on: " + sent);
    }
  }

  private static void rcpt(ForwardPath to, DsnRequest.OfRecipient said) {
    if (!(to instanceof ForwardPath.Mailbox(var address, var _))) {
      return;
    }
    oneWord(address.domain().name());
    var dsn = new DsnRequest(DsnRequest.Returned.UNSAID, Optional.empty(), Map.of(address, said));
    String sent = "RCPT TO:<" + address + ">" + DeliveryFuzz.ofRecipient(address, dsn);
    if (parse(sent) instanceof SmtpCommand.Rcpt(var again, var dsnAgain)) {
      boolean same =
          again instanceof ForwardPath.Mailbox(EmailAddress a, var _) && a.equals(address);
      Fuzz.check(same, "recipient sent on: " + sent);
      Fuzz.same(said.wishes(), dsnAgain.wishes(), "NOTIFY sent on");
      said.original().ifPresent(o -> Fuzz.same(o, dsnAgain.original().orElse(""), "ORCPT sent on"));
    } else {
      throw new AssertionError("sent on: " + sent);
    }
  }

  private static void header(byte[] data) {
    byte[] input = Fuzz.rest(data);
    var pieces = Fuzz.pieces(Fuzz.choice(data), input);
    var whole = new HeaderScan();
    whole.scan(input, 0, input.length);
    var cut = new HeaderScan();
    pieces.forEach(piece -> cut.scan(piece, 0, piece.length));
    Fuzz.same(whole.headerBytes(), cut.headerBytes(), "header in pieces");
    Fuzz.same(whole.hops(), cut.hops(), "hops in pieces");
    Fuzz.check(whole.headerBytes() <= input.length, "header longer than the message");
    byte[] submitted = submitted(List.of(input));
    Fuzz.same(submitted, submitted(pieces), "submitted in pieces");
    Fuzz.same(submitted, submitted(List.of(submitted)), "submitted twice");
    String text = Fuzz.text(submitted).toLowerCase(Locale.ROOT);
    int end = text.startsWith("\r\n") ? 0 : text.indexOf("\n\r\n");
    String fields = "\n" + (end < 0 ? text : text.substring(0, end + 1));
    Fuzz.check(fields.contains("\ndate"), "no Date");
    Fuzz.check(fields.contains("\nmessage-id"), "no Message-ID");
  }

  private static byte[] submitted(List<byte[]> pieces) {
    var out = new ByteArrayOutputStream();
    var header = new SubmittedHeader(MISSING, out::write);
    pieces.forEach(piece -> header.write(piece, 0, piece.length));
    header.end();
    return out.toByteArray();
  }

  /** Whatever a table says, the client sees lines of one reply. */
  private static void reply(byte[] data) {
    int code = 200 + Fuzz.choice(data);
    var reply = SmtpReply.of(code, Fuzz.utf8(Fuzz.rest(data)));
    wire(reply.encode(), code);
  }

  private static void wire(byte[] wire, int code) {
    String[] lines = Fuzz.text(wire).split("\r\n", -1);
    Fuzz.check(lines[lines.length - 1].isEmpty(), "end of the reply");
    for (int i = 0; i < lines.length - 1; i++) {
      String start = code + (i == lines.length - 2 ? " " : "-");
      Fuzz.check(lines[i].startsWith(start), "line " + i + ": " + lines[i]);
      Fuzz.check(lines[i].chars().allMatch(c -> c >= 0x20 && c < 0x7f), "character");
      Fuzz.check(lines[i].length() + 2 <= SmtpReply.LINE_MAX_OCTETS, "line too long");
    }
  }

  private static void greeting(byte[] data) {
    var message = new LoginMessage(Fuzz.utf8(data), "8.17");
    var reply = message.reply(new Domain("mx.test"), "ESMTP", java.time.Instant.EPOCH);
    wire(reply.encode(), 220);
  }
}

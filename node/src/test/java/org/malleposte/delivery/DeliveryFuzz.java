package org.malleposte.delivery;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.malleposte.blob.MessageBody;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.ReversePath;
import org.malleposte.mail.Xtext;
import org.malleposte.tables.LineTable;
import org.malleposte.tables.LocalHostNames;
import org.malleposte.tables.Masquerade;

/** What another host's replies can do, and what we make of a header on its way out. */
public final class DeliveryFuzz {
  private DeliveryFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "smtp-client-reply",
            DeliveryFuzz::reply,
            "250-a\r\n250-B\r\n250 ok\r\n220 x\r\n",
            "451 4.7.1 later\n",
            "250\r\n",
            "550 5.1.1 \377\r\n"),
        FuzzTarget.of(
            "masquerade",
            DeliveryFuzz::masquerade,
            "From: \"A, B\" <a@here.test>, (c) b (d), g: x@here.test;\r\nTo: y\r\n\r\nbody\r\n",
            "Sender: a@[1.2.3.4]\r\n @here.test\n\nb",
            "From: <\"q@x\"@here.test"),
        FuzzTarget.of("xtext", DeliveryFuzz::xtext, "a+b=c@d.test", "\"a b\"@d.test", "+2B+"));
  }

  /** As an SMTP mail. */
  public static byte[] stuffed(byte[] message) throws IOException {
    var out = new ByteArrayOutputStream();
    new DotStuffer(out).write(new ByteArrayInputStream(message));
    return out.toByteArray();
  }

  /** As MAIL has it. */
  public static String ofMail(DsnRequest dsn) {
    return DsnParameters.ofMail(dsn);
  }

  /** As RCPT has it. */
  public static String ofRecipient(EmailAddress original, DsnRequest dsn) {
    return DsnParameters.ofRecipient(original, dsn, true);
  }

  private static void reply(byte[] data) {
    var in = new ByteArrayInputStream(data);
    try {
      while (in.available() > 0) {
        var reply = ReplyReader.read(in);
        Fuzz.check(reply.code() >= 200 && reply.code() <= 599, "code " + reply.code());
        Fuzz.check(reply.lines().size() <= ReplyReader.MAX_LINES + 1, "too many lines");
        int status = reply.isPositive() ? 2 : reply.isPermanent() ? 5 : 4;
        Fuzz.same(status, reply.status().statusClass(), "class");
        for (String line : reply.lines()) {
          boolean clean = line.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
          Fuzz.check(clean && line.length() <= ReplyReader.MAX_LINE_BYTES, "line of a reply");
        }
      }
    } catch (IOException e) {
      // The connection is given up.
    }
  }

  private static void masquerade(byte[] data) throws IOException {
    var own = new Domain("here.test");
    var masquerade =
        new Masquerade(
            own,
            Optional.of(new Domain("shown.test")),
            LineTable.empty(),
            LineTable.empty(),
            LineTable.empty(),
            new Masquerade.Switches(true, true, false, false));
    var names = new LineTable.Builder("w");
    names.add(1, "here.test", "");
    var form =
        new MasqueradedForm(masquerade, new LocalHostNames(names.build(), LineTable.empty()));
    var once = form.of(ReversePath.NULL, new MessageBody.InMemory(data)).body();
    byte[] bytes = once.readAll();
    Fuzz.same(once.sizeBytes(), (long) bytes.length, "size");
    Fuzz.same(lines(data), lines(bytes), "lines");
    var twice = form.of(ReversePath.NULL, new MessageBody.InMemory(bytes)).body();
    Fuzz.same(bytes, twice.readAll(), "masqueraded twice");
  }

  private static long lines(byte[] bytes) {
    return Fuzz.text(bytes).chars().filter(c -> c == '\n').count();
  }

  private static void xtext(byte[] data) {
    String decoded = Xtext.decode(Fuzz.utf8(data));
    Fuzz.check(decoded.length() <= Fuzz.utf8(data).length(), "longer than before");
    EmailAddress address;
    try {
      address = EmailAddress.parse(Fuzz.utf8(data));
    } catch (IllegalArgumentException e) {
      return;
    }
    String parameters = DsnParameters.ofRecipient(address, DsnRequest.NONE, false);
    boolean ascii = address.toString().chars().allMatch(c -> c < 0x80);
    Fuzz.same(ascii, parameters.startsWith(" ORCPT=rfc822;"), "ORCPT");
    if (ascii) {
      Fuzz.check(parameters.strip().chars().allMatch(c -> c > ' ' && c < 0x7f), "not one word");
      String xtext = parameters.substring(" ORCPT=rfc822;".length());
      Fuzz.same(address.toString(), Xtext.decode(xtext), "through xtext");
    }
  }
}

package org.malleposte.imap;

import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;

/** What is in the store when a transcript begins, by the beginning of its name. */
final class ImapScenes {
  static final String PLAIN =
      """
      From: Fred Foobar <foobar@blurdybloop.example>
      Subject: afternoon meeting
      To: mooch@owatagu.siam.example, Group: a@b.example, c@d.example;
      Date: Mon, 7 Feb 1994 21:52:25 -0800
      Message-ID: <B27397-0100000@blurdybloop.example>
      Content-Type: text/plain; charset=us-ascii

      Hello Joe, do you think we can meet at 3:30 tomorrow?
      """;
  static final String MIXED =
      """
      From: sender@a.example
      Subject: =?utf-8?Q?Caf=C3=A9?= and more
      Date: Tue, 8 Feb 1994 21:52:25 -0800
      MIME-Version: 1.0
      Content-Type: multipart/mixed; boundary="b1"

      preamble
      --b1
      Content-Type: text/plain; charset=utf-8
      Content-Transfer-Encoding: quoted-printable

      Gr=C3=BC=C3=9Fe aus Z=C3=BCrich
      --b1
      Content-Type: message/rfc822

      From: inner@b.example
      Subject: inside
      Content-Type: multipart/alternative; boundary=b2

      --b2

      plain text
      --b2
      Content-Type: text/html

      <p>html</p>
      --b2--
      --b1
      Content-Type: application/octet-stream; name=x.bin
      Content-Disposition: attachment; filename="x.bin"
      Content-Transfer-Encoding: base64

      aGVsbG8gd29ybGQ=
      --b1--
      epilogue
      """;

  private ImapScenes() {}

  static void set(ImapFixture server, String transcript) {
    if (transcript.startsWith("mail-")) {
      server.deliver(PLAIN, MailboxName.INBOX, Flags.of(Flags.SEEN));
      server.deliver(MIXED);
      server.deliver("Subject: third\n\nthird body\n");
    }
  }
}

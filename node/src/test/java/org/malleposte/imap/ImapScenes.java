package org.malleposte.imap;

import java.util.List;
import org.malleposte.mailbox.Flags;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Quota;
import org.malleposte.mailbox.StorePolicy;

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

  static final List<String> THREADS =
      List.of(
          """
          From: Zoe <zoe@a.example>
          To: "Walter" <walter@a.example>
          Subject: Re: Apples
          Date: Tue, 3 Feb 2026 10:00:00 +0000
          Message-ID: <2@x>
          References: <1@x>

          """,
          """
          From: adam@b.example
          Subject: Apples
          Date: Sun, 1 Feb 2026 10:00:00 +0100
          Message-ID: <1@x>

          """,
          """
          From: =?utf-8?Q?=C3=84nne?= <yves@c.example>
          Cc: carl@d.example
          Subject: [list] Bananas
          Date: Mon, 2 Feb 2026 09:00:00 EST
          Message-ID: <3@x>

          """,
          """
          From: mike@e.example
          Subject: Fwd: =?us-ascii?Q?bananas?= (fwd)
          Date: Wed, 4 Feb 2026 09:00:00 +0000
          In-Reply-To: your mail <3@x>
          Message-ID: <4@x>

          """,
          """
          From: bob@x.example
          Subject: re:  apples
          Date: Thu, 5 Feb 2026 09:00:00 +0000
          Message-ID: <"5"@x>
          References: <1@x>
            <2@x>

          """,
          "X: y\n\n",
          """
          From: sam@x.example
          Subject: Cherry one
          Date: Fri, 6 Feb 2026 09:00:00 +0000
          References: <gone@x>

          """,
          """
          From: tom@x.example
          Subject: Cherry two
          Date: Sat, 7 Feb 2026 09:00:00 +0000
          References: <gone@x>

          """);

  /** In force in the transcripts on quotas: two for an account, and a mailbox without one. */
  static StorePolicy.Quotas quotas(String transcript) {
    if (!transcript.startsWith("quota")) {
      return StorePolicy.NONE.quotas();
    }
    return (account, mailbox) ->
        switch (mailbox.value()) {
          case "Trash" -> new Quota(4_096, 10);
          case "Free" -> Quota.NONE;
          default -> new Quota(2_048, 3);
        };
  }

  static void set(ImapFixture server, String transcript) {
    server.fake.setQuotas(quotas(transcript));
    if (transcript.startsWith("sort-")) {
      THREADS.forEach(server::deliver);
    }
    if (transcript.startsWith("mail-")) {
      server.deliver(PLAIN, MailboxName.INBOX, Flags.of(Flags.SEEN));
      server.deliver(MIXED);
      server.deliver("Subject: third\n\nthird body\n");
    }
  }
}

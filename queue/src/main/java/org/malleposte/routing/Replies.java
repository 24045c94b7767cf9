package org.malleposte.routing;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.routing.RoutingDecision.Evidence;
import org.malleposte.tables.ReplyText;
import org.malleposte.tables.TableLine;

/** The refusals that routing itself gives. */
final class Replies {
  static final ReplyText ACCESS_DENIED = reply(550, "5.7.1", "Access denied");
  static final ReplyText MAILBOX_DISABLED =
      reply(550, "5.2.1", "Mailbox disabled for this recipient");
  static final ReplyText USER_UNKNOWN = reply(550, "5.1.1", "User unknown");
  static final ReplyText NO_POSTMASTER =
      reply(451, "4.3.5", "Nobody is postmaster here yet, try later");
  static final ReplyText ROUTE_ADDRESS = reply(553, "5.1.3", "Invalid route address");
  static final ReplyText HOST_REQUIRED = reply(553, "5.1.3", "Hostname required");
  static final ReplyText USER_REQUIRED = reply(553, "5.1.3", "User address required");
  static final ReplyText REAL_DOMAIN =
      reply(553, "5.5.4", "Real domain name required for sender address");
  static final ReplyText TO_PROGRAM = reply(550, "5.7.1", "Cannot mail directly to programs");
  static final ReplyText TO_FILE = reply(550, "5.7.1", "Cannot mail directly to files");
  static final ReplyText TO_INCLUDE = reply(550, "5.7.1", "Cannot mail directly to :include:s");
  static final ReplyText PROGRAMS_OFF =
      reply(550, "5.7.1", "Delivery to programs and files is switched off");
  // RFC 3463 §3.5: X.4.6, a routing loop.
  static final ReplyText LOOP = reply(554, "5.4.6", "Aliasing or forwarding loop broken");
  // RFC 3463 §3.3: X.2.4, mailing list expansion problem.
  static final ReplyText LIST_UNREADABLE = reply(451, "4.2.4", "Mailing list cannot be read");
  static final ReplyText TOO_MANY = reply(452, "4.5.3", "List has too many members");
  // RFC 3463 §3.4: X.3.2, system not accepting network messages.
  static final ReplyText NOT_PUBLISHED =
      reply(451, "4.3.2", "The primary has not told yet who exists here, try later");

  private Replies() {}

  static ReplyText relayingDenied(String why) {
    return reply(550, "5.7.1", "Relaying denied. " + why);
  }

  static ReplyText reply(int code, String status, String text) {
    return new ReplyText(code, EnhancedStatus.parse(status), text);
  }

  static Evidence evidence(TableLine line) {
    return new Evidence(line.file(), line.line(), line.text());
  }

  static Evidence rule(String text) {
    return new Evidence("rule", 0, text);
  }

  static RoutingDecision.Refuse refuse(ReplyText reply, List<Evidence> because) {
    return new RoutingDecision.Refuse(reply.code(), reply.status(), reply.text(), because);
  }

  static List<Evidence> and(List<Evidence> first, List<Evidence> second) {
    var both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }
}

package org.malleposte.sieve;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.malleposte.mailbox.Flags;
import org.malleposte.sieve.SieveAction.Place;

/**
 * Runs scripts over a mail, one after the other, as Pigeonhole does: where one keeps the mail the
 * next goes on, and only the last one's keep is done. Pure but for what {@link FilterContext.World}
 * and the mail's body tell; blocks on these.
 */
public final class SieveFilter {
  private SieveFilter() {}

  /**
   * @param scripts the postmaster's, the user's, the postmaster's
   * @throws IOException when the mail cannot be read
   */
  public static FilterResult run(List<SieveScript> scripts, MailView mail, FilterContext context)
      throws IOException {
    try {
      var plan = new Plan();
      var header = new HeaderEdits(mail.header().fields());
      var effort = new Effort();
      Optional<Flags> kept = Optional.of(Flags.NONE);
      for (var script : scripts) {
        if (kept.isPresent()) {
          kept = new ScriptRun(mail, context, plan, header, effort).run(script);
        }
      }
      if (kept.isPresent()) {
        plan.store(Place.INBOX, kept.get(), header.edited());
      }
      return new FilterResult(plan.actions(), Optional.empty());
    } catch (ScriptFailedException e) {
      // RFC 5228 §2.10.6: what was decided before is not done, and the mail is not lost.
      return new FilterResult(
          List.of(new SieveAction.Store(Place.INBOX, Flags.NONE, Optional.empty())),
          Optional.of(e.getMessage()));
    }
  }
}

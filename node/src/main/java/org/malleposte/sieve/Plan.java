package org.malleposte.sieve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mailbox.Flags;
import org.malleposte.sieve.SieveAction.Place;

/** The actions of one mail while its scripts run. The same place or address twice is once. */
final class Plan {
  private final Map<String, SieveAction.Store> stores = new LinkedHashMap<>();
  private final Map<String, SieveAction.Redirect> redirects = new LinkedHashMap<>();
  private final List<SieveAction.Remember> memories = new ArrayList<>();
  private Optional<SieveAction.Reply> reply = Optional.empty();
  private Optional<SieveAction.Reject> reject = Optional.empty();

  void store(Place place, Flags flags, Optional<EditedHeader> header) throws ScriptFailedException {
    String name = place.mailbox();
    String key = name.equalsIgnoreCase("INBOX") ? "INBOX" : name;
    String use = place.use().map(u -> u.toLowerCase(Locale.ROOT)).orElse("");
    stores.put(key + "\n" + use, new SieveAction.Store(place, flags, header));
    bounded();
  }

  void redirect(EmailAddress to, Optional<EditedHeader> header) throws ScriptFailedException {
    redirects.putIfAbsent(
        to.toString().toLowerCase(Locale.ROOT), new SieveAction.Redirect(to, header));
    if (redirects.size() > SieveLimits.REDIRECTS_MAX) {
      throw new ScriptFailedException("more than " + SieveLimits.REDIRECTS_MAX + " redirects");
    }
  }

  void reject(String reason) throws ScriptFailedException {
    if (reject.isPresent()) {
      throw new ScriptFailedException("the mail is rejected twice");
    }
    reject = Optional.of(new SieveAction.Reject(reason));
  }

  void reply(SieveAction.Reply answer) throws ScriptFailedException {
    if (reply.isPresent()) {
      throw new ScriptFailedException("vacation answers twice"); // RFC 5230 §4
    }
    reply = Optional.of(answer);
  }

  void remember(String key, long seconds) throws ScriptFailedException {
    memories.add(new SieveAction.Remember(key, seconds));
    bounded();
  }

  private void bounded() throws ScriptFailedException {
    if (stores.size() + memories.size() > SieveLimits.ACTIONS_MAX) {
      throw new ScriptFailedException("more than " + SieveLimits.ACTIONS_MAX + " actions");
    }
  }

  /**
   * @throws ScriptFailedException RFC 5429 §2.4, RFC 5230 §4.7: what is rejected is not delivered
   *     or answered as well
   */
  List<SieveAction> actions() throws ScriptFailedException {
    var all = new ArrayList<SieveAction>(stores.values());
    all.addAll(redirects.values());
    reply.ifPresent(all::add);
    if (reject.isPresent() && !all.isEmpty()) {
      throw new ScriptFailedException("the mail is rejected and delivered or answered as well");
    }
    reject.ifPresent(all::add);
    all.addAll(memories);
    return all;
  }
}

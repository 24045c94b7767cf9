package org.malleposte;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.QuotaLimit;
import org.malleposte.config.QuotaRule;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.Quota;
import org.malleposte.mailbox.StorePolicy;

/**
 * The quota rules of the configuration and of each user's line in the passwd-file, as the store
 * asks for them. Thread-safe, never blocks.
 */
final class NodeQuotas implements StorePolicy.Quotas {
  private final NodeConfig.Quota rules;
  private volatile Function<AccountName, Map<String, String>> users = _ -> Map.of();

  NodeQuotas(NodeConfig.Quota rules) {
    this.rules = rules;
  }

  /**
   * @param extraFields of a user's line; asked for each mail that comes
   */
  void ask(Function<AccountName, Map<String, String>> extraFields) {
    users = extraFields;
  }

  @Override
  public Quota of(AccountName account, MailboxName mailbox) {
    var fields = users.apply(account);
    var own = fields.isEmpty() ? rules : rules.of(fields);
    long bytes = base(own.byDefault(), QuotaRule::storage);
    long messages = base(own.byDefault(), QuotaRule::messages);
    var special =
        own.mailboxes().stream().filter(rule -> rule.mailbox().equals(mailbox.value())).findFirst();
    if (special.isEmpty()) {
      return new Quota(bytes, messages);
    }
    // What comes into a mailbox that does not count is let in; what is in it counts elsewhere.
    return special.get().isIgnored()
        ? Quota.NONE
        : new Quota(special.get().storage().over(bytes), special.get().messages().over(messages));
  }

  private static long base(Optional<QuotaRule> rule, Function<QuotaRule, QuotaLimit> part) {
    return rule.map(part).map(limit -> limit.over(0)).orElse(0L);
  }
}

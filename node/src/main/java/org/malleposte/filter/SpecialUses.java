package org.malleposte.filter;

import java.util.Optional;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxName;

/** Which mailbox of an account has a special use (RFC 6154). Blocks. */
@FunctionalInterface
public interface SpecialUses {
  /**
   * @param use such as {@code \Junk}, in any case
   */
  Optional<MailboxName> mailbox(AccountName account, String use);
}

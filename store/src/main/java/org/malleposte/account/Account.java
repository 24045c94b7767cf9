package org.malleposte.account;

import java.time.Instant;
import org.malleposte.mail.AccountName;

/**
 * A login of the cluster, kept in the directory.
 *
 * @param created to the millisecond
 * @param changed when the credential was last set
 */
public record Account(AccountName name, Credential credential, Instant created, Instant changed) {
  Account withCredential(Credential replacement, Instant now) {
    return new Account(name, replacement, created, now);
  }
}

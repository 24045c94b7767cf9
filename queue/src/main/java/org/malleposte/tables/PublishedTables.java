package org.malleposte.tables;

import java.util.Objects;
import java.util.Set;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;

/**
 * The tables of a primary as a secondary uses them, with who exists there.
 *
 * @param accounts of the primary's {@code mail.accounts}
 * @param credentials the lines of that file, for logins on a secondary; never logged
 */
public record PublishedTables(
    NodeName primary, TableSet tables, Set<AccountName> accounts, byte[] credentials) {
  public PublishedTables {
    Objects.requireNonNull(primary);
    Objects.requireNonNull(tables);
    accounts = Set.copyOf(accounts);
    credentials = credentials.clone();
  }

  @Override
  public byte[] credentials() {
    return credentials.clone();
  }

  @Override
  public String toString() {
    return "PublishedTables[" + primary + "]";
  }
}

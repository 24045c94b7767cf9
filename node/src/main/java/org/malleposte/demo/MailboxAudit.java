package org.malleposte.demo;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.malleposte.demo.DemoCluster.DemoNode;
import org.malleposte.mail.AccountName;

/** Opens every mailbox on a node and balances the ledger. Blocks. */
public final class MailboxAudit {
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final DemoCluster cluster;
  private final Ledger ledger;
  private final InstantSource clock;

  public MailboxAudit(DemoCluster cluster, Ledger ledger, InstantSource clock) {
    this.cluster = cluster;
    this.ledger = ledger;
    this.clock = clock;
  }

  /** As the mailboxes are now on that node. */
  public Ledger.Balance take(DemoNode node) throws IOException {
    Map<AccountName, List<String>> found = new HashMap<>();
    var reader = new ImapReader(node.imapAddress(), TIMEOUT);
    for (var account : cluster.accounts()) {
      found.put(account, reader.ledgerIds(account, DemoCluster.password(account)));
    }
    return ledger.balance(found);
  }

  /**
   * Waits until nothing acknowledged is missing on that node, at most {@code limit}; then once
   * more, so that a double that comes late is seen.
   *
   * @return the last balance, clean or not
   */
  public Ledger.Balance settle(DemoNode node, Duration limit)
      throws IOException, InterruptedException {
    Instant end = clock.instant().plus(limit);
    IOException failure = null;
    while (clock.instant().isBefore(end)) {
      try {
        if (take(node).lost().isEmpty()) {
          break;
        }
        failure = null;
      } catch (IOException e) {
        failure = e; // the node may just be coming up
      }
      pause();
    }
    if (failure != null) {
      throw failure;
    }
    pause();
    return take(node);
  }

  private static void pause() throws InterruptedException {
    if (new CountDownLatch(1).await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("nobody counts down");
    }
  }
}

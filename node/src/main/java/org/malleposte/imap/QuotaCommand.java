package org.malleposte.imap;

import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.malleposte.imap.ImapStep.Send;
import org.malleposte.mail.AccountName;
import org.malleposte.mailbox.MailboxInfo;
import org.malleposte.mailbox.MailboxName;
import org.malleposte.mailbox.MailboxStore;
import org.malleposte.mailbox.Quota;

/**
 * GETQUOTA, GETQUOTAROOT and SETQUOTA (RFC 9208). All of an account counts, so its root is {@code
 * ""}; a mailbox into which more or less may go than into INBOX is a root of its own, by its name.
 */
final class QuotaCommand {
  /** RFC 9208 §5.1. */
  private static final long STORAGE_UNIT_BYTES = 1_024;

  private static final String ACCOUNT_ROOT = "";

  private record Usage(long bytes, long messages) {
    static Usage of(List<MailboxInfo> mailboxes) {
      return new Usage(
          mailboxes.stream().mapToLong(MailboxInfo::sizeBytes).sum(),
          mailboxes.stream().mapToLong(MailboxInfo::messages).sum());
    }
  }

  private final SessionCore core;

  QuotaCommand(SessionCore core) {
    this.core = core;
  }

  List<ImapStep> getQuota(AccountName account, String root) {
    if (root.equals(ACCOUNT_ROOT)) {
      return told(account, root, quota(account, MailboxName.INBOX), "");
    }
    Optional<MailboxName> mailbox = Mailboxes.name(root);
    return mailbox.isPresent() && root(account, mailbox.get()).equals(root)
        ? told(account, root, quota(account, mailbox.get()), "")
        : core.finish(ImapReplies.NO_QUOTA_ROOT);
  }

  List<ImapStep> getQuotaRoot(AccountName account, String written) {
    Optional<MailboxName> name = Mailboxes.name(written);
    if (name.isEmpty()) {
      return core.finish(ImapReplies.NO_MAILBOX);
    }
    return List.of(
        new ImapStep.Read<>(
            store -> store.find(account, name.get()),
            found ->
                found.isEmpty()
                    ? core.finish(ImapReplies.NO_MAILBOX)
                    : rootOf(account, name.get())));
  }

  /** Quotas are set in the configuration, for all nodes. */
  List<ImapStep> setQuota() {
    return core.finish(ImapReplies.QUOTA_NOT_YOURS);
  }

  private List<ImapStep> rootOf(AccountName account, MailboxName mailbox) {
    Quota quota = quota(account, mailbox);
    String line = "* QUOTAROOT " + Mailboxes.write(mailbox.value());
    if (!quota.isLimited()) {
      return finish(line + "\r\n");
    }
    String root = root(account, mailbox);
    return told(account, root, quota, line + " " + Mailboxes.write(root) + "\r\n");
  }

  private List<ImapStep> told(AccountName account, String root, Quota quota, String before) {
    return List.of(
        new ImapStep.Read<>(
            (MailboxStore store) -> Usage.of(store.list(account)),
            usage -> finish(before + line(root, quota, usage))));
  }

  private List<ImapStep> finish(String lines) {
    var steps = new java.util.ArrayList<ImapStep>();
    steps.add(Send.text(lines));
    steps.addAll(core.finish(ImapReply.ok("Quota completed")));
    return steps;
  }

  private static String line(String root, Quota quota, Usage usage) {
    var resources = new StringJoiner(" ");
    if (quota.maxBytes() > 0) {
      resources.add("STORAGE " + units(usage.bytes()) + " " + units(quota.maxBytes()));
    }
    if (quota.maxMessages() > 0) {
      resources.add("MESSAGE " + usage.messages() + " " + quota.maxMessages());
    }
    return "* QUOTA " + Mailboxes.write(root) + " (" + resources + ")\r\n";
  }

  /** Both are rounded in the same way, so that what is full looks full. */
  private static long units(long bytes) {
    return Math.ceilDiv(bytes, STORAGE_UNIT_BYTES);
  }

  private String root(AccountName account, MailboxName mailbox) {
    boolean own = !quota(account, mailbox).equals(quota(account, MailboxName.INBOX));
    return own ? mailbox.value() : ACCOUNT_ROOT;
  }

  private Quota quota(AccountName account, MailboxName mailbox) {
    return core.settings().quotas().of(account, mailbox);
  }
}

package org.malleposte.mailbox;

/**
 * A mailbox as it is at one moment.
 *
 * @param id names the mailbox for ever in its account, through renames
 * @param uidValidity 32 bits unsigned, changes when the name is taken by another mailbox (RFC 9051
 *     §2.3.1.1)
 * @param uidNext the UID of the next message; UIDs are 32 bits unsigned and never reused
 * @param highestModSeq of any change in it (RFC 7162)
 * @param messages how many
 * @param unseen how many without {@code \Seen}
 * @param deleted how many with {@code \Deleted}
 * @param sizeBytes of all messages
 * @param recentFrom messages from this UID on have been shown to no session that selected the
 *     mailbox
 * @param subscribed whether LSUB shows it
 * @param use its special use, such as {@code \Sent} (RFC 6154), or empty
 */
public record MailboxInfo(
    long id,
    MailboxName name,
    long uidValidity,
    long uidNext,
    long highestModSeq,
    int messages,
    int unseen,
    int deleted,
    long sizeBytes,
    long recentFrom,
    boolean subscribed,
    String use) {}

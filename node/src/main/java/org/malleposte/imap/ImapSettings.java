package org.malleposte.imap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.malleposte.config.Listener;
import org.malleposte.mailbox.StorePolicy;

/**
 * What an installation may choose.
 *
 * @param greeting what clients are told first
 * @param uploadDirectory where large messages of APPEND wait for their commit; on this node's disk
 * @param appendMaxBytes largest message of APPEND
 * @param autologout a session without a command for so long is ended (RFC 3501 §5.4: at least 30
 *     minutes); before login {@code loginTimeout}
 * @param idleNotice while in IDLE the client hears something this often, so that address
 *     translators keep the connection
 * @param drainTime how long {@code stop} waits for commands to end
 * @param sessionsMax on this node
 * @param sessionsPerAccountMax on this node, of one account from one client address
 * @param sessionsPerAddressMax on this node, from one client address; a /64 of IPv6 counts as one,
 *     loopback has no limit
 * @param quotas those that the store has, for who asks for them
 */
public record ImapSettings(
    List<Listener> listeners,
    String greeting,
    Path uploadDirectory,
    long appendMaxBytes,
    Duration autologout,
    Duration loginTimeout,
    Duration idleNotice,
    Duration drainTime,
    int sessionsMax,
    int sessionsPerAccountMax,
    int sessionsPerAddressMax,
    StorePolicy.Quotas quotas) {

  public ImapSettings {
    listeners = List.copyOf(listeners);
    if (appendMaxBytes < 1 || sessionsMax < 1) {
      throw new IllegalArgumentException("limits begin at 1");
    }
  }

  /** With the defaults. */
  public static ImapSettings of(List<Listener> listeners, String serverName, Path uploadDirectory) {
    return new ImapSettings(
        listeners,
        serverName + " IMAP ready",
        uploadDirectory,
        50L * 1024 * 1024,
        Duration.ofMinutes(31),
        Duration.ofMinutes(2),
        Duration.ofMinutes(2),
        Duration.ofSeconds(10),
        20_000,
        200,
        1_000,
        StorePolicy.NONE.quotas());
  }

  public ImapSettings withAppendMaxBytes(long bytes) {
    return new ImapSettings(
        listeners,
        greeting,
        uploadDirectory,
        bytes,
        autologout,
        loginTimeout,
        idleNotice,
        drainTime,
        sessionsMax,
        sessionsPerAccountMax,
        sessionsPerAddressMax,
        quotas);
  }

  public ImapSettings withQuotas(StorePolicy.Quotas rules) {
    return new ImapSettings(
        listeners,
        greeting,
        uploadDirectory,
        appendMaxBytes,
        autologout,
        loginTimeout,
        idleNotice,
        drainTime,
        sessionsMax,
        sessionsPerAccountMax,
        sessionsPerAddressMax,
        rules);
  }

  public ImapSettings withAutologout(Duration time) {
    return withTimes(time, loginTimeout, idleNotice);
  }

  public ImapSettings withSessionsMax(int max) {
    return withSessions(max, sessionsPerAccountMax, sessionsPerAddressMax);
  }

  public ImapSettings withTimes(Duration newAutologout, Duration newLogin, Duration newIdleNotice) {
    return new ImapSettings(
        listeners,
        greeting,
        uploadDirectory,
        appendMaxBytes,
        newAutologout,
        newLogin,
        newIdleNotice,
        drainTime,
        sessionsMax,
        sessionsPerAccountMax,
        sessionsPerAddressMax,
        quotas);
  }

  public ImapSettings withSessions(int max, int perAccount, int perAddress) {
    return new ImapSettings(
        listeners,
        greeting,
        uploadDirectory,
        appendMaxBytes,
        autologout,
        loginTimeout,
        idleNotice,
        drainTime,
        max,
        perAccount,
        perAddress,
        quotas);
  }

  public ImapSettings withSessionsPerUserMax(int max) {
    return withSessions(sessionsMax, max, sessionsPerAddressMax);
  }

  public ImapSettings withIdleNotice(Duration time) {
    return withTimes(autologout, loginTimeout, time);
  }

  /** Empty: as it is. */
  public ImapSettings withGreeting(Optional<String> text) {
    return new ImapSettings(
        listeners,
        text.orElse(greeting),
        uploadDirectory,
        appendMaxBytes,
        autologout,
        loginTimeout,
        idleNotice,
        drainTime,
        sessionsMax,
        sessionsPerAccountMax,
        sessionsPerAddressMax,
        quotas);
  }
}

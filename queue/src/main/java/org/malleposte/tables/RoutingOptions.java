package org.malleposte.tables;

import java.util.Objects;
import java.util.Optional;

/**
 * What {@code sendmail.mc} switches in routing.
 *
 * @param delayChecks when client and sender are checked
 * @param refuseRecipients {@code blocklist_recipients}: {@code access} may refuse recipients
 * @param relayEntireDomain hosts of the own domain may relay
 * @param looseRelayCheck {@code user%host@domain} is not looked into
 * @param percentHack {@code user%host} is an address at {@code host}
 * @param bangPath {@code host!user} is an address at {@code host}
 * @param maxAliasDepth how deep aliases nest; sendmail's {@code MaxAliasRecursion}
 */
public record RoutingOptions(
    DelayChecks delayChecks,
    boolean refuseRecipients,
    boolean relayEntireDomain,
    boolean looseRelayCheck,
    boolean percentHack,
    boolean bangPath,
    int maxAliasDepth,
    Optional<ReplyText> relayMessage,
    Optional<ReplyText> rejectMessage,
    Optional<ReplyText> recipientMessage) {
  /** sendmail's default for {@code confMAX_ALIAS_RECURSION}. */
  public static final int DEFAULT_ALIAS_DEPTH = 10;

  /** {@code FEATURE(delay_checks)} and its argument. */
  public enum DelayChecks {
    OFF,
    ON,
    /** Recipients that are {@code Spam: FRIEND} are spared the checks of client and sender. */
    FRIEND,
    /** Only for recipients that are {@code Spam: HATER} are client and sender checked. */
    HATER
  }

  public RoutingOptions {
    Objects.requireNonNull(delayChecks);
    Objects.requireNonNull(relayMessage);
    Objects.requireNonNull(rejectMessage);
    Objects.requireNonNull(recipientMessage);
    if (maxAliasDepth < 1) {
      throw new IllegalArgumentException("aliases must nest at least once");
    }
  }

  static RoutingOptions of(McFile mc) {
    return new RoutingOptions(
        delayChecks(mc),
        mc.hasFeature("blacklist_recipients") || mc.hasFeature("blocklist_recipients"),
        mc.hasFeature("relay_entire_domain"),
        mc.hasFeature("loose_relay_check"),
        !mc.hasFeature("nopercenthack"),
        !mc.hasFeature("nouucp"),
        depth(mc),
        message(mc, "confRELAY_MSG", "5.7.1"),
        message(mc, "confREJECT_MSG", ""),
        message(mc, "confRCPTREJ_MSG", "5.2.1"));
  }

  private static DelayChecks delayChecks(McFile mc) {
    if (!mc.hasFeature("delay_checks")) {
      return DelayChecks.OFF;
    }
    String argument =
        String.join("", mc.featureArguments("delay_checks").stream().limit(1).toList());
    return switch (argument.isEmpty() ? ' ' : Character.toLowerCase(argument.charAt(0))) {
      case 'f' -> DelayChecks.FRIEND;
      case 'h' -> DelayChecks.HATER;
      default -> DelayChecks.ON;
    };
  }

  private static int depth(McFile mc) {
    return mc.setting("confMAX_ALIAS_RECURSION")
        .filter(text -> text.matches("[1-9][0-9]{0,3}"))
        .map(Integer::parseInt)
        .orElse(DEFAULT_ALIAS_DEPTH);
  }

  private static Optional<ReplyText> message(McFile mc, String name, String status) {
    return mc.setting(name).map(text -> ReplyText.ofErrorMailer(ReplyText.status(status), text));
  }
}

package org.malleposte.handover;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.malleposte.link.NodeName;

/**
 * The value of a directory key {@code adoption/<spool id>}: who has claimed the entries of that
 * spool from their copies. Owner and holders change it only by its version, so that each sees the
 * other's step.
 *
 * @param epoch counts the times the owner has said that it is alive
 */
record Claims(long epoch, List<Claim> claims) {
  private static final int VERSION = 1;

  static final Claims NONE = new Claims(0, List.of());

  /**
   * @param spoolId of the claiming holder: its disk, on which what it adopts lives
   * @param upTo the owner's last incarnation that is claimed
   */
  record Claim(NodeName holder, String spoolId, long upTo) {}

  Claims {
    claims = List.copyOf(claims);
  }

  static String key(String ownerSpoolId) {
    return "adoption/" + ownerSpoolId;
  }

  /** The owner is alive, and these claims remain. */
  Claims asserted(List<Claim> remaining) {
    return new Claims(epoch + 1, remaining);
  }

  /** A holder claims; its earlier claim, if any, is a part of this one. */
  Claims with(Claim claim) {
    var all = new ArrayList<>(without(claim.spoolId()).claims());
    all.add(claim);
    return new Claims(epoch, all);
  }

  Claims without(String holderSpoolId) {
    return new Claims(
        epoch, claims.stream().filter(c -> !c.spoolId().equals(holderSpoolId)).toList());
  }

  boolean has(String holderSpoolId, long upTo) {
    var claimed = upTo(holderSpoolId);
    return claimed.isPresent() && claimed.getAsLong() >= upTo;
  }

  /** Up to which incarnation a holder has claimed, if it has. */
  OptionalLong upTo(String holderSpoolId) {
    return claims.stream()
        .filter(c -> c.spoolId().equals(holderSpoolId))
        .mapToLong(Claim::upTo)
        .max();
  }

  byte[] encode() {
    var out = new WireWriter(128).u8(VERSION).i64(epoch).i32(claims.size());
    for (var claim : claims) {
      out.text(claim.holder().value()).text(claim.spoolId()).i64(claim.upTo());
    }
    return out.done();
  }

  /**
   * @throws IllegalArgumentException for bytes that are no claims, or of a newer version
   */
  static Claims decode(byte[] bytes) {
    var in = new WireReader(bytes);
    int version = in.u8();
    if (version != VERSION) {
      throw new IllegalArgumentException("adoption claims of version " + version);
    }
    long epoch = in.i64();
    int count = in.count(16);
    var claims = new ArrayList<Claim>();
    for (int i = 0; i < count; i++) {
      claims.add(new Claim(new NodeName(in.text()), in.text(), in.i64()));
    }
    return new Claims(epoch, claims);
  }
}

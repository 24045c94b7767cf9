package org.malleposte.mime;

/** What a message may cost its reader. Beyond a limit the message is read more coarsely. */
public final class MimeLimits {
  /** Multiparts and embedded messages within each other; deeper ones are leaves. */
  public static final int DEPTH_MAX = 100;

  /** Parts of a message; further ones belong to the last part's text. */
  public static final int PARTS_MAX = 10_000;

  /** Header bytes of one entity that are kept; later fields are not seen. */
  public static final int HEADER_MAX_BYTES = 256 * 1024;

  /** Header bytes that are kept of all parts of a message together. */
  public static final int HEADERS_MAX_BYTES = 1024 * 1024;

  /** Addresses of one field that are listed. */
  public static final int ADDRESSES_MAX = 10_000;

  /** Parameters of one field. */
  public static final int PARAMETERS_MAX = 200;

  /** Characters of a boundary that count. */
  public static final int BOUNDARY_MAX_BYTES = 250;

  private MimeLimits() {}
}

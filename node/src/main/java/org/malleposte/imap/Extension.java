package org.malleposte.imap;

import java.util.Optional;

/** What a client can ENABLE (RFC 5161). */
enum Extension {
  CONDSTORE("CONDSTORE"),
  /** Brings CONDSTORE with it (RFC 7162 §3.2.3). */
  QRESYNC("QRESYNC");

  private final String capability;

  Extension(String capability) {
    this.capability = capability;
  }

  String capability() {
    return capability;
  }

  /**
   * @param capability in capitals; one that is not known is no error (RFC 5161 §3.1)
   */
  static Optional<Extension> of(String capability) {
    for (var extension : values()) {
      if (extension.capability.equals(capability)) {
        return Optional.of(extension);
      }
    }
    return Optional.empty();
  }
}

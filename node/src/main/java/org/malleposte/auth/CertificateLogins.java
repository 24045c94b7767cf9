package org.malleposte.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/** By which logins the holder of a certificate may be known. */
final class CertificateLogins {
  private static final int RFC822_NAME = 1;

  private CertificateLogins() {}

  /** Mail addresses of the subject's alternative names first, then its common names. */
  static List<String> of(X509Certificate certificate) {
    var logins = new ArrayList<String>();
    try {
      var alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (var name : alternatives) {
          if (name.getFirst().equals(RFC822_NAME)) {
            logins.add((String) name.get(1));
          }
        }
      }
      for (var part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        if (part.getType().equalsIgnoreCase("CN") && part.getValue() instanceof String name) {
          logins.add(name);
        }
      }
    } catch (CertificateParsingException | InvalidNameException e) {
      return List.of(); // nobody can be told from it
    }
    return logins;
  }
}

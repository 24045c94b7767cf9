package org.malleposte.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The host names that a certificate is for (RFC 6125 §6.4), in lower case. */
record CertificateNames(Set<String> names) {
  private static final int DNS_NAME = 2; // RFC 5280 §4.2.1.6

  CertificateNames {
    names = Set.copyOf(names);
  }

  static CertificateNames of(X509Certificate certificate) {
    var names = new HashSet<String>();
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        for (List<?> alternative : alternatives) {
          if (alternative.get(0).equals(DNS_NAME)) {
            names.add(alternative.get(1).toString().toLowerCase(Locale.ROOT));
          }
        }
      }
    } catch (CertificateParsingException e) {
      return new CertificateNames(Set.of()); // it is for no name that we could read
    }
    return new CertificateNames(names);
  }

  /** A star stands for one whole first label. */
  boolean contain(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    return names.contains(name) || dot > 0 && names.contains("*" + name.substring(dot));
  }
}

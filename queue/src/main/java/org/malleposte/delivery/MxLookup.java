package org.malleposte.delivery;

import java.net.InetAddress;
import java.util.List;
import org.malleposte.mail.Domain;

/** Finds the hosts that take mail for a domain (RFC 5321 §5). */
public interface MxLookup {
  /**
   * A host that takes mail.
   *
   * @param name for the log and for TLS
   * @param preference the lower, the earlier it is tried
   */
  record Exchanger(String name, int preference, List<InetAddress> addresses) {
    public Exchanger {
      addresses = List.copyOf(addresses);
    }
  }

  /** What the DNS says. */
  sealed interface Answer {
    /** In the order of preference; not empty. */
    record Hosts(List<Exchanger> exchangers) implements Answer {
      public Hosts {
        exchangers = List.copyOf(exchangers);
      }
    }

    /** The domain says that it takes no mail (RFC 7505). */
    record NullMx() implements Answer {}

    record NoSuchDomain() implements Answer {}

    /** The DNS does not answer now. */
    record Unknown(String detail) implements Answer {}
  }

  /** Blocks; call it on a virtual thread. */
  Answer lookup(Domain domain);
}

package org.malleposte.sieve;

/** RFC 5228 §2.7.4 and RFC 5233 §4. */
enum AddressPart {
  ALL,
  LOCALPART,
  DOMAIN,
  USER,
  DETAIL
}

package org.malleposte.smtp;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the postmaster has said of single clients: sendmail's {@code ClientConn:}, {@code
 * ClientRate:} and {@code GreetPause:} in {@code access}. Empty where he said nothing; then {@link
 * SmtpLimits} hold. 0 is no limit. Thread-safe; never blocks.
 */
public interface ClientPolicy {
  /** Nobody is special. */
  ClientPolicy NONE =
      new ClientPolicy() {
        @Override
        public OptionalInt connections(String address) {
          return OptionalInt.empty();
        }

        @Override
        public OptionalInt connectionsPerMinute(String address) {
          return OptionalInt.empty();
        }

        @Override
        public Optional<Duration> greetPause(String address, Optional<String> hostName) {
          return Optional.empty();
        }
      };

  /** Open at once from this address. */
  OptionalInt connections(String address);

  OptionalInt connectionsPerMinute(String address);

  /** How long it waits for our greeting; who talks before it is no mail server. */
  Optional<Duration> greetPause(String address, Optional<String> hostName);
}

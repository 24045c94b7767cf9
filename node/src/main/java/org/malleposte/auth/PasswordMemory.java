package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.malleposte.account.Credential;
import org.malleposte.mail.AccountName;

/**
 * Passwords that were right or wrong a moment ago, so that they are not checked again: as an HMAC
 * under a key that dies with the process, bound to the credential, so a changed password counts at
 * once; one that is kept elsewhere counts for what it was until it is forgotten here. Thread-safe.
 */
final class PasswordMemory {
  /** How long a checked password is taken without a check. */
  static final Duration REMEMBER = Duration.ofMinutes(1);

  /** Checked passwords remembered, right and wrong each; about 150 bytes one. */
  static final int MAX_REMEMBERED = 20_000;

  private final byte[] key = new byte[32];
  private final Recent<AccountName> right;
  private final Recent<Boolean> wrong;

  /**
   * @param random must not be predictable
   */
  PasswordMemory(InstantSource clock, RandomGenerator random) {
    random.nextBytes(key);
    right = new Recent<>(MAX_REMEMBERED, REMEMBER, clock);
    wrong = new Recent<>(MAX_REMEMBERED, REMEMBER, clock);
  }

  /** What a check of this password is remembered by. */
  String memo(String name, Credential credential, String password) {
    String text = name + "\0" + credential.text() + "\0" + password;
    byte[] mac = Digests.hmac("HmacSHA256", key, text.getBytes(StandardCharsets.UTF_8));
    return Base64.getEncoder().encodeToString(mac);
  }

  Optional<AccountName> whoWasRight(String memo) {
    return right.find(memo);
  }

  boolean wasWrong(String memo) {
    return wrong.find(memo).isPresent();
  }

  void right(String memo, AccountName account) {
    right.add(memo, account);
  }

  void wrong(String memo) {
    wrong.add(memo, true);
  }
}

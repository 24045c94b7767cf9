package org.malleposte.account;

import java.util.List;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.mail.AccountName;

/** Users: Dovecot's passwd-file, and accounts in the directory. */
public final class AccountFuzz {
  private static final String SCRAM =
      "{SCRAM-SHA-256}4096,/MnZQXh5ID+IeCMjwz2XWQ==,"
          + "a7WgFkt2VLNAnJ4SS/jaHo6fVBFwY2X4ZIeTHgJ4goc=,"
          + "dJM4LRZQ8zO2HoYyPXmxyhjyhYwGpKRgUyY7iLEoj5w=";

  private AccountFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
            "passwd-file",
            AccountFuzz::file,
            "alice:{PLAIN}secret\n# c\nbob:{SSHA256.HEX}aabb:1:2::/h::nologin x=y\n",
            "carol:" + SCRAM + "\r\ndan::::::allow_nets=1.2.3.4\n",
            "e:*\n:f\ng\nh:{MD5-CRYPT}$1$a$b\ni:$6$rounds=5000$a$b\n",
            "j:{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$AAAA$BBBB\n"),
        FuzzTarget.of("account-record", AccountFuzz::record)
            .with(
                () ->
                    List.of(
                        AccountCodec.encode(
                            AccountCodec.Stored.fresh(
                                new Account(
                                    new AccountName("a"),
                                    Credential.parse("{PLAIN}x"),
                                    java.time.Instant.EPOCH,
                                    java.time.Instant.EPOCH))))));
  }

  private static void file(byte[] data) {
    var file = PasswdFile.parse("users", data);
    var again = PasswdFile.parse("users", file.toBytes());
    Fuzz.same(file.names(), again.names(), "users written and read");
    for (var entry : file.entries()) {
      boolean lost = entry.credential().isLocked() && entry.rest().contains("nologin");
      var credential = again.credential(entry.name()).orElseThrow();
      Fuzz.check(
          lost ? credential.isLocked() : credential.equals(entry.credential()),
          "credential of " + entry.name());
      entry.credential().decoded();
    }
    for (var problem : file.problems()) {
      Fuzz.check(problem.line() > 0 && !problem.what().contains("\n"), "problem " + problem);
    }
  }

  private static void record(byte[] data) {
    var name = new AccountName("alice");
    AccountCodec.Stored stored;
    try {
      stored = AccountCodec.decode(name, data);
    } catch (IllegalArgumentException e) {
      return;
    }
    byte[] bytes = AccountCodec.encode(stored);
    Fuzz.same(bytes, AccountCodec.encode(AccountCodec.decode(name, bytes)), "account record");
  }
}

package org.malleposte.auth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import javax.naming.ldap.LdapName;
import org.malleposte.auth.TokenVerifier.Verdict;
import org.malleposte.config.NodeConfig.Oauth;
import org.malleposte.config.NodeConfig.TokenKeys;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;

/** What a client says to prove who it is. */
public final class AuthFuzz {
  private static final String KEYS =
      "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"e\","
          + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
          + "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";

  private AuthFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        new FuzzTarget("sasl", AuthFuzz::exchange, AuthFuzz::dialogues),
        FuzzTarget.of(
            "scram-first", AuthFuzz::scram, "n,,n=alice,r=abc", "p=tls-exporter,a=x,n=a=2Cb,r=y"),
        FuzzTarget.of("ldap-name", AuthFuzz::ldap, "alice", "a,b=c)(|*\\\0"),
        FuzzTarget.of(
            "jwt",
            tokens(),
            "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUub3JnIiwiYXVkIjoi"
                + "bWFpbCIsImVtYWlsIjoiYUBiIiwiZXhwIjo5OTk5OTk5OTk5fQ.AAAA",
            "eyJhbGciOiJub25lIn0.e30.",
            "a.b.c",
            "a.b.c.d.e"));
  }

  /** A kind of exchange, then what is said in turn. */
  private static List<byte[]> dialogues() {
    var kinds = SaslFuzzTest.kinds(new Random(1));
    var seeds = new java.util.ArrayList<byte[]>();
    for (int i = 0; i < kinds.size(); i++) {
      seeds.add(Fuzz.behind(i, Fuzz.bytes(String.join("\377", kinds.get(i).says()))));
    }
    return seeds;
  }

  private static void exchange(byte[] data) {
    var kinds = SaslFuzzTest.kinds(new Random(1));
    var exchange = kinds.get(Fuzz.choice(data) % kinds.size()).start().get();
    var says = Fuzz.parts(Fuzz.rest(data), 4);
    boolean begins = Fuzz.choice(data) < 128;
    var step = begins ? exchange.begin() : exchange.respond(says.getFirst());
    for (byte[] said : begins ? says : says.subList(1, says.size())) {
      while (step instanceof SaslExchange.SaslStep.Ask(var question)) {
        step = exchange.answered(SaslFuzzTest.answer(question, "Jazzer"));
      }
      if (!(step instanceof SaslExchange.SaslStep.Challenge)) {
        return;
      }
      step = exchange.respond(said);
    }
  }

  private static void scram(byte[] data) {
    ScramClientFirst.parse(data)
        .ifPresent(
            first ->
                Fuzz.check(
                    Fuzz.utf8(data).equals(first.gs2Header() + first.bare()), "not what was said"));
  }

  /** A name is one value of one attribute, whatever is in it. */
  private static void ldap(byte[] data) throws Exception {
    String name = Fuzz.utf8(data);
    if (!name.isEmpty()) {
      // Not UnboundID's own parser: it drops an escaped space at the end, a server does not.
      var dn = new LdapName("uid=" + LdapPasswords.escaped(name) + ",ou=people");
      Fuzz.same(2, dn.size(), "names in it");
      // The JDK's parser is no judge of white space at the end: it drops that, though escaped.
      if (" \r\n".indexOf(name.charAt(name.length() - 1)) < 0) {
        Fuzz.same(name, dn.getRdn(1).getValue(), "name");
      }
    }
  }

  private static FuzzTarget.Body tokens() {
    var verifier = new java.util.concurrent.atomic.AtomicReference<JwtVerifier>();
    return data -> {
      if (verifier.get() == null) {
        verifier.set(verifier());
      }
      var verdict = verifier.get().verify(Fuzz.utf8(data));
      Fuzz.check(verdict instanceof Verdict.Bad, "not refused: " + verdict);
    };
  }

  private static JwtVerifier verifier() {
    try {
      Path file = Files.createTempFile("keys", ".json");
      file.toFile().deleteOnExit();
      Files.writeString(file, KEYS);
      return new JwtVerifier(
          new Oauth(new TokenKeys.InFile(file), "https://id.example.org", "mail", "email"),
          () -> Instant.EPOCH);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

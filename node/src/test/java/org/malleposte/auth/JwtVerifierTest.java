package org.malleposte.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.auth.TokenVerifier.Verdict;
import org.malleposte.config.NodeConfig.Oauth;
import org.malleposte.config.NodeConfig.TokenKeys;

class JwtVerifierTest {
  private static final Instant NOW = Instant.parse("2026-03-04T05:06:07Z");

  @TempDir Path directory;
  private RSAKey rsa;
  private ECKey ec;
  private Path file;
  private JwtVerifier verifier;

  @BeforeEach
  void start() throws Exception {
    rsa = new RSAKeyGenerator(2048).keyID("r").generate();
    ec = new ECKeyGenerator(Curve.P_256).keyID("e").generate();
    file = directory.resolve("keys.json");
    publish(new JWKSet(List.of(rsa, ec)));
    verifier =
        new JwtVerifier(
            new Oauth(new TokenKeys.InFile(file), "https://id.example.org", "mail", "email"),
            () -> NOW);
  }

  private void publish(JWKSet keys) throws Exception {
    Files.writeString(file, keys.toPublicJWKSet().toString());
  }

  private static JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer("https://id.example.org")
        .audience("mail")
        .claim("email", "alice@example.org")
        .expirationTime(Date.from(NOW.plusSeconds(300)));
  }

  private static String signed(
      JWSAlgorithm algorithm, String key, JWSSigner signer, JWTClaimsSet claims) throws Exception {
    var header =
        new JWSHeader.Builder(algorithm).keyID(key).type(new JOSEObjectType("at+jwt")).build();
    var token = new SignedJWT(header, claims);
    token.sign(signer);
    return token.serialize();
  }

  private Verdict rsa(JWTClaimsSet.Builder claims) throws Exception {
    return verifier.verify(signed(JWSAlgorithm.RS256, "r", new RSASSASigner(rsa), claims.build()));
  }

  @Test
  void namesTheUser() throws Exception {
    var alice = new Verdict.Good("alice@example.org");
    assertThat(rsa(claims())).isEqualTo(alice);
    assertThat(
            verifier.verify(signed(JWSAlgorithm.ES256, "e", new ECDSASigner(ec), claims().build())))
        .isEqualTo(alice);
    assertThat(rsa(claims().claim("email_verified", true))).isEqualTo(alice);
  }

  @Test
  void whatWasMadeForOthersOrIsOverIsRefused() throws Exception {
    assertThat(rsa(claims().issuer("https://evil.example"))).isInstanceOf(Verdict.Bad.class);
    assertThat(rsa(claims().audience("calendar"))).isInstanceOf(Verdict.Bad.class);
    assertThat(rsa(claims().expirationTime(Date.from(NOW.minusSeconds(120)))))
        .isInstanceOf(Verdict.Bad.class);
    assertThat(rsa(claims().expirationTime(null))).isInstanceOf(Verdict.Bad.class);
    assertThat(rsa(claims().notBeforeTime(Date.from(NOW.plusSeconds(120)))))
        .isInstanceOf(Verdict.Bad.class);
    assertThat(rsa(claims().claim("email", null))).isInstanceOf(Verdict.Bad.class);
    assertThat(rsa(claims().claim("email_verified", false))).isInstanceOf(Verdict.Bad.class);
  }

  @Test
  void whatNoKeyOfOursHasSignedIsRefused() throws Exception {
    var stranger = new RSAKeyGenerator(2048).keyID("r").generate();
    assertThat(
            verifier.verify(
                signed(JWSAlgorithm.RS256, "r", new RSASSASigner(stranger), claims().build())))
        .isInstanceOf(Verdict.Bad.class);
    assertThat(verifier.verify(new PlainJWT(claims().build()).serialize()))
        .isInstanceOf(Verdict.Bad.class);
    // The public key taken for a shared secret.
    var confused = new MACSigner(rsa.toPublicKey().getEncoded());
    assertThat(verifier.verify(signed(JWSAlgorithm.HS256, "r", confused, claims().build())))
        .isInstanceOf(Verdict.Bad.class);
    assertThat(verifier.verify("no.token.atall")).isInstanceOf(Verdict.Bad.class);
    assertThat(verifier.verify("x".repeat(JwtVerifier.MAX_CHARACTERS + 1)))
        .isInstanceOf(Verdict.Bad.class);
  }

  @Test
  void keysAreReadAnew() throws Exception {
    var next = new RSAKeyGenerator(2048).keyID("n").generate();
    String token = signed(JWSAlgorithm.RS256, "n", new RSASSASigner(next), claims().build());
    assertThat(verifier.verify(token)).isInstanceOf(Verdict.Bad.class);
    publish(new JWKSet(next));
    assertThat(verifier.verify(token)).isInstanceOf(Verdict.Good.class);
    assertThat(rsa(claims())).isInstanceOf(Verdict.Bad.class);
    Files.writeString(file, "{");
    assertThat(verifier.verify(token)).isInstanceOf(Verdict.Unavailable.class);
  }
}

package org.malleposte.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Date;
import java.util.Set;
import org.malleposte.config.NodeConfig.Oauth;
import org.malleposte.config.NodeConfig.TokenKeys;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes JWTs (RFC 7519) that a known key has signed with RS256 or ES256, by the configured issuer
 * for the configured audience, and that have an end. Thread-safe; blocks while keys are fetched.
 */
public final class JwtVerifier implements TokenVerifier {
  /** Longer ones are refused; a token with many groups has some kilobytes. */
  static final int MAX_CHARACTERS = 8192;

  private static final Logger LOG = LoggerFactory.getLogger(JwtVerifier.class);

  private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
  private final String claim;

  /** Keys of a file are read again for each token: a file is small, and may be replaced. */
  public JwtVerifier(Oauth config, InstantSource clock) {
    claim = config.claim();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256), source(config.keys())));
    var expected = new JWTClaimsSet.Builder().issuer(config.issuer()).build();
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(config.audience(), expected, Set.of("exp", claim)) {
          @Override
          protected Date currentTime() {
            return Date.from(clock.instant());
          }
        });
  }

  private static JWKSource<SecurityContext> source(TokenKeys keys) {
    return switch (keys) {
      case TokenKeys.InFile(var file) -> (selector, _) -> selector.select(read(file));
      case TokenKeys.AtUrl(var url) -> {
        try {
          yield JWKSourceBuilder.<SecurityContext>create(url.toURL()).retrying(true).build();
        } catch (MalformedURLException e) {
          throw new IllegalStateException(e); // the configuration was checked
        }
      }
    };
  }

  private static JWKSet read(Path file) throws KeySourceException {
    try {
      return JWKSet.parse(Files.readString(file));
    } catch (IOException | ParseException e) {
      throw new KeySourceException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public Verdict verify(String token) {
    if (token.length() > MAX_CHARACTERS) {
      return new Verdict.Bad("over " + MAX_CHARACTERS + " characters");
    }
    try {
      return named(processor.process(token, null));
    } catch (KeySourceException e) {
      LOG.error("the keys for tokens cannot be read: {}", e.getMessage());
      return new Verdict.Unavailable("tokens cannot be checked");
    } catch (ParseException | BadJOSEException | JOSEException e) {
      LOG.info("token refused: {}", e.getMessage());
      return new Verdict.Bad(e.getMessage());
    }
  }

  private Verdict named(JWTClaimsSet claims) throws ParseException {
    // Some issuers let anyone write any address into it.
    boolean unproven =
        claim.equals("email") && Boolean.FALSE.equals(claims.getBooleanClaim("email_verified"));
    return unproven
        ? new Verdict.Bad("its address is not verified")
        : new Verdict.Good(claims.getStringClaim(claim));
  }
}

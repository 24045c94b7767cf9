package org.malleposte.auth;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.malleposte.auth.ScramExchange.Binding;
import org.malleposte.config.LoginLinks;
import org.malleposte.config.LoginMechanism;

/**
 * With what a client may log in, by the configuration and by its link: the one place from which
 * EHLO, CAPABILITY and CAPA have their lists. Thread-safe.
 *
 * <p>What sends a secret as it is needs an encrypted link, or loopback. What does not is offered
 * everywhere. The configuration may be stricter, or laxer.
 */
public final class SaslMechanisms {
  private static final int NONCE_BYTES = 18;

  /** How an AUTH command begins. */
  public sealed interface Start {
    record Begun(SaslExchange exchange) implements Start {}

    /** There is no such mechanism here. */
    record Unknown() implements Start {}

    /** There is, but what it sends could be read on the way. */
    record NeedsEncryption() implements Start {}
  }

  /**
   * What mechanisms need.
   *
   * @param service as SASL calls the protocol: smtp, imap, pop
   * @param host of this node
   * @param trusted whether a client's certificate chain leads to an authority of ours; empty: no
   *     client is known by a certificate
   * @param tokens whether bearer tokens are checked
   * @param tickets begins a conversation about a Kerberos ticket; empty: there is no keytab
   */
  public record Means(
      String service,
      String host,
      Optional<Predicate<List<X509Certificate>>> trusted,
      boolean tokens,
      Optional<Supplier<TicketConversation>> tickets) {}

  private record Offer(String name, LoginMechanism mechanism, boolean plus) {}

  private final Supplier<List<LoginMechanism>> configured;
  private final Means means;
  private final LoginLinks unencrypted;
  private final RandomGenerator random;

  /**
   * @param configured in the order in which they are offered; asked each time
   * @param random must not be predictable: nonces come from it
   */
  public SaslMechanisms(
      Supplier<List<LoginMechanism>> configured, Means means, RandomGenerator random) {
    this(configured, means, LoginLinks.NO_SECRETS, random);
  }

  /** As above, with a rule for links that are neither encrypted nor loopback. */
  public SaslMechanisms(
      Supplier<List<LoginMechanism>> configured,
      Means means,
      LoginLinks unencrypted,
      RandomGenerator random) {
    this.configured = configured;
    this.unencrypted = unencrypted;
    this.means = means;
    this.random = random;
  }

  /** The names to be told to a client. */
  public List<String> offered(SaslLink link) {
    return offers(link).stream().map(Offer::name).toList();
  }

  /** Whether USER and PASS, or LOGIN, may be used: they are PLAIN by another name. */
  public boolean takesPasswords(SaslLink link) {
    return may(LoginMechanism.PLAIN, link) && configured.get().contains(LoginMechanism.PLAIN);
  }

  /** Whether there may be a link on which they are. */
  public boolean knowsPasswords() {
    return configured.get().contains(LoginMechanism.PLAIN);
  }

  /** The timestamp for APOP, {@code <unique@host>}; empty when it is not offered. */
  public Optional<String> apopTimestamp() {
    // The greeting comes before any STLS.
    return unencrypted != LoginLinks.NOTHING && configured.get().contains(LoginMechanism.APOP)
        ? Optional.of(unique())
        : Optional.empty();
  }

  /**
   * @param name in any case
   */
  public Start start(String name, SaslLink link) {
    String wanted = name.toUpperCase(Locale.ROOT);
    var offers = offers(link);
    for (var offer : offers) {
      if (offer.name().equals(wanted)) {
        return new Start.Begun(exchange(offer, offers, link));
      }
    }
    boolean elsewhere =
        configured.get().stream().anyMatch(m -> m.registered().equals(wanted) && !may(m, link));
    return elsewhere ? new Start.NeedsEncryption() : new Start.Unknown();
  }

  private List<Offer> offers(SaslLink link) {
    var offers = new ArrayList<Offer>();
    for (var mechanism : configured.get()) {
      if (!may(mechanism, link) || !isPossible(mechanism, link)) {
        continue;
      }
      if (isScram(mechanism) && canBind(link)) {
        offers.add(new Offer(mechanism.registered() + "-PLUS", mechanism, true));
      }
      offers.add(new Offer(mechanism.registered(), mechanism, false));
    }
    return offers;
  }

  private boolean may(LoginMechanism mechanism, SaslLink link) {
    return link.isPrivate()
        || switch (unencrypted) {
          case NO_SECRETS -> !mechanism.sendsSecret();
          case NOTHING -> false;
          case ANYTHING -> true;
        };
  }

  private boolean isPossible(LoginMechanism mechanism, SaslLink link) {
    return switch (mechanism) {
      case PLAIN, LOGIN, CRAM_MD5, DIGEST_MD5, SCRAM_SHA_1, SCRAM_SHA_256 -> true;
      case OAUTHBEARER -> means.tokens();
      case EXTERNAL -> !certificateLogins(link).isEmpty();
      case GSSAPI -> means.tickets().isPresent();
      case APOP -> false; // a command of its own
    };
  }

  private SaslExchange exchange(Offer offer, List<Offer> offers, SaslLink link) {
    return switch (offer.mechanism()) {
      case PLAIN -> new SaslPlain();
      case LOGIN -> new SaslLogin();
      case CRAM_MD5 -> new CramMd5Exchange(unique());
      case DIGEST_MD5 -> new DigestMd5Exchange(means.service(), nonce());
      case SCRAM_SHA_1 -> scram(ScramHash.SHA_1, offer, offers, link);
      case SCRAM_SHA_256 -> scram(ScramHash.SHA_256, offer, offers, link);
      case EXTERNAL -> new ExternalExchange(certificateLogins(link));
      case OAUTHBEARER -> new OauthBearerExchange();
      case GSSAPI -> new GssapiExchange(means.tickets().orElseThrow().get());
      case APOP -> throw new IllegalStateException(offer + " is not offered");
    };
  }

  private SaslExchange scram(ScramHash hash, Offer offer, List<Offer> offers, SaslLink link) {
    Binding binding = Binding.IMPOSSIBLE;
    if (offer.plus()) {
      binding = Binding.REQUIRED;
    } else if (offers.stream().anyMatch(Offer::plus)) {
      binding = Binding.OFFERED;
    }
    return new ScramExchange(hash, binding, link, random);
  }

  private List<String> certificateLogins(SaslLink link) {
    var chain = link.clientCertificates();
    return !chain.isEmpty() && means.trusted().filter(t -> t.test(chain)).isPresent()
        ? CertificateLogins.of(chain.getFirst())
        : List.of();
  }

  private static boolean isScram(LoginMechanism mechanism) {
    return mechanism == LoginMechanism.SCRAM_SHA_1 || mechanism == LoginMechanism.SCRAM_SHA_256;
  }

  private static boolean canBind(SaslLink link) {
    return Arrays.stream(ChannelBinding.values())
        .anyMatch(type -> link.channelBinding(type).isPresent());
  }

  private String unique() {
    return "<" + nonce() + "@" + means.host() + ">";
  }

  private String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().encodeToString(bytes);
  }
}

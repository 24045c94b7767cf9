package org.malleposte.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.ScramClientFirst.Flag;

/**
 * {@code SCRAM-SHA-1}, {@code SCRAM-SHA-256} and both with {@code -PLUS} (RFC 5802, RFC 7677). The
 * password crosses no wire, and both sides prove that they know it.
 */
final class ScramExchange implements SaslExchange {
  /** What channel binding means for this exchange. */
  enum Binding {
    /** The mechanism is a {@code -PLUS}. */
    REQUIRED,
    /** A {@code -PLUS} was offered: who could use it and does not has been lied to. */
    OFFERED,
    IMPOSSIBLE
  }

  private sealed interface State {
    record Begun() implements State {}

    record AwaitingSalt(ScramClientFirst first, String nonce) implements State {}

    record AwaitingProof(
        ScramClientFirst first, String nonce, LoginAnswer.Salted salted, String serverFirst)
        implements State {}

    record Proving() implements State {}

    /** Our own proof was sent. */
    record Proven(LoginOutcome outcome) implements State {}

    record Over() implements State {}
  }

  private static final int NONCE_BYTES = 18;

  private final ScramHash hash;
  private final Binding binding;
  private final SaslLink link;
  private final RandomGenerator random;
  private State state = new State.Begun();

  ScramExchange(ScramHash hash, Binding binding, SaslLink link, RandomGenerator random) {
    this.hash = hash;
    this.binding = binding;
    this.link = link;
    this.random = random;
  }

  @Override
  public SaslStep begin() {
    return new SaslStep.Challenge(new byte[0]);
  }

  @Override
  public SaslStep respond(byte[] response) {
    State was = state;
    state = new State.Over();
    return switch (was) {
      case State.Begun _ ->
          ScramClientFirst.parse(response).map(this::begun).orElseGet(SaslStep.Malformed::new);
      case State.AwaitingProof awaiting ->
          SaslText.decode(response)
              .flatMap(text -> proof(awaiting, text))
              .orElseGet(SaslStep.Malformed::new);
      case State.Proven(var outcome) ->
          response.length == 0 ? new SaslStep.Ended(outcome) : new SaslStep.Malformed();
      case State.AwaitingSalt _, State.Proving _, State.Over _ ->
          throw new IllegalStateException("a response that nobody asked for");
    };
  }

  @Override
  public SaslStep answered(LoginAnswer answer) {
    return switch (answer) {
      case LoginAnswer.Salted salted -> salted(salted);
      case LoginAnswer.Negotiated _ -> throw new IllegalStateException("nobody asked for that");
      case LoginAnswer.Ended(LoginOutcome.Granted granted, byte[] proof) -> {
        state = new State.Proven(granted);
        yield challenge("v=" + base64(proof));
      }
      case LoginAnswer.Ended(var outcome, var _) -> new SaslStep.Ended(outcome);
    };
  }

  private SaslStep begun(ScramClientFirst first) {
    return switch (first.flag()) {
      case Flag.Cannot _ -> binding == Binding.REQUIRED ? new SaslStep.Malformed() : askSalt(first);
      case Flag.Could _ ->
          switch (binding) {
            case REQUIRED -> new SaslStep.Malformed();
            // RFC 5802 §6: someone has taken the -PLUS out of our list.
            case OFFERED -> denied();
            case IMPOSSIBLE -> askSalt(first);
          };
      case Flag.Binds(var type) -> {
        if (binding != Binding.REQUIRED) {
          yield new SaslStep.Malformed();
        }
        yield bindingData(type).isPresent() ? askSalt(first) : denied();
      }
    };
  }

  private SaslStep askSalt(ScramClientFirst first) {
    byte[] ours = new byte[NONCE_BYTES];
    random.nextBytes(ours);
    state = new State.AwaitingSalt(first, first.nonce() + base64(ours));
    return new SaslStep.Ask(new LoginQuestion.Salt(first.login(), hash));
  }

  private SaslStep salted(LoginAnswer.Salted salted) {
    if (!(state instanceof State.AwaitingSalt(var first, var nonce))) {
      throw new IllegalStateException("nobody asked for salt");
    }
    String message = "r=" + nonce + ",s=" + base64(salted.salt()) + ",i=" + salted.iterations();
    state = new State.AwaitingProof(first, nonce, salted, message);
    return challenge(message);
  }

  private Optional<SaslStep> proof(State.AwaitingProof awaiting, String text) {
    int end = text.lastIndexOf(",p=");
    if (end < 0) {
      return Optional.empty();
    }
    String[] fields = text.substring(0, end).split(",", -1);
    var sentBinding = ScramClientFirst.value(fields[0], 'c').flatMap(ScramExchange::decode);
    var clientProof = decode(text.substring(end + 3));
    boolean ours =
        fields.length > 1
            && ScramClientFirst.value(fields[1], 'r').filter(awaiting.nonce()::equals).isPresent();
    if (sentBinding.isEmpty() || clientProof.isEmpty() || !ours) {
      return Optional.empty();
    }
    if (!Arrays.equals(sentBinding.get(), expectedBinding(awaiting.first()))) {
      return Optional.of(denied()); // its TLS is not ours, or it was told another story
    }
    String authMessage =
        awaiting.first().bare() + "," + awaiting.serverFirst() + "," + text.substring(0, end);
    state = new State.Proving();
    return Optional.of(
        new SaslStep.Ask(
            new LoginQuestion.Proof(
                awaiting.first().login(),
                new ScramProof(
                    hash,
                    awaiting.salted().salt(),
                    awaiting.salted().iterations(),
                    clientProof.get(),
                    authMessage))));
  }

  private byte[] expectedBinding(ScramClientFirst first) {
    byte[] header = first.gs2Header().getBytes(StandardCharsets.UTF_8);
    byte[] data =
        switch (first.flag()) {
          case Flag.Cannot _, Flag.Could _ -> new byte[0];
          case Flag.Binds(var type) -> bindingData(type).orElseThrow();
        };
    byte[] both = Arrays.copyOf(header, header.length + data.length);
    System.arraycopy(data, 0, both, header.length, data.length);
    return both;
  }

  private Optional<byte[]> bindingData(String type) {
    return ChannelBinding.named(type).flatMap(link::channelBinding);
  }

  private static SaslStep denied() {
    return new SaslStep.Ended(new LoginOutcome.Denied());
  }

  private static SaslStep challenge(String text) {
    return new SaslStep.Challenge(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Optional<byte[]> decode(String text) {
    try {
      return Optional.of(Base64.getDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

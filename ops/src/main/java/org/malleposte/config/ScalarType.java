package org.malleposte.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.malleposte.config.NodeConfig.TlsVersion;
import org.malleposte.delivery.NextHop;
import org.malleposte.mail.Domain;
import org.malleposte.tables.PrivacyFlag;
import org.yaml.snakeyaml.nodes.Node;

/**
 * A value of one word.
 *
 * @param read throws IllegalArgumentException with what is wrong
 * @param remedy ends a problem's line
 */
record ScalarType<T>(
    Function<String, T> read, Function<T, String> write, Function<T, Object> toPlain, String remedy)
    implements ValueType<T> {

  static final ValueType<String> TEXT =
      new ScalarType<>(text -> text, text -> text, text -> text, "write one value");

  static final ValueType<Boolean> BOOLEAN =
      new ScalarType<>(
          text ->
              switch (text) {
                case "true" -> true;
                case "false" -> false;
                default ->
                    throw new IllegalArgumentException("'" + text + "' is neither true nor false");
              },
          String::valueOf,
          value -> value,
          "write true or false");

  /** A name under which a host greets; lower case. */
  static final ValueType<String> HOST_NAME =
      of(text -> Domain.of(text).name(), name -> name, "write a host name such as mx1.example.org");

  static final ValueType<UsernameFormat> USERNAME_FORMAT =
      of(
          UsernameFormat::parse,
          UsernameFormat::toString,
          "write a format such as \"%Lu\", of %u, %n and %d");

  static final ValueType<UidlFormat> UIDL_FORMAT =
      of(UidlFormat::parse, UidlFormat::toString, "write a format of %v and %u, such as \"%v.%u\"");

  static final ValueType<HostPort> ADDRESS =
      of(HostPort::parse, HostPort::toString, "write host:port, such as 127.0.0.1:5701");

  /** Shown nowhere, so what is shown is not read again. */
  static final ValueType<Secret> SECRET = of(Secret::new, Secret::toString, "write the password");

  static final ValueType<TlsVersion> TLS_VERSION =
      of(TlsVersion::named, TlsVersion::number, "write \"1.2\" or \"1.3\"");

  static final ValueType<Character> SEPARATOR =
      of(
          text -> {
            if (text.equals("/") || text.equals(".")) {
              return text.charAt(0);
            }
            throw new IllegalArgumentException("'" + text + "' separates no mailboxes");
          },
          String::valueOf,
          "write / or .");

  static final ValueType<QuotaLimit> QUOTA_AMOUNT =
      of(
          text -> QuotaRule.limit(text, 1),
          limit ->
              switch (limit) {
                case QuotaLimit.Percent(int percent) -> percent + "%";
                case QuotaLimit.Exactly(long bytes) -> String.valueOf(bytes);
                case QuotaLimit.MoreBy(long bytes) -> String.valueOf(bytes);
                case QuotaLimit.Unsaid(), QuotaLimit.Unlimited() -> "0";
              },
          "write a part such as 10%, or a size such as 10M");

  /** An empty text is none. */
  static final ValueType<List<NextHop>> NEXT_HOPS =
      of(
          text -> text.isEmpty() ? List.of() : NextHop.parse(text),
          hops -> hops.stream().map(NextHop::toString).collect(Collectors.joining(", ")),
          "write host:port or mx:domain, with commas between several");

  /** Words with blanks or commas between. */
  static final ValueType<Set<PrivacyFlag>> PRIVACY =
      of(
          ScalarType::privacy,
          flags -> flags.stream().sorted().map(PrivacyFlag::word).collect(Collectors.joining(" ")),
          "write words of sendmail's PrivacyOptions, such as goaway");

  static final ValueType<Duration> DURATION =
      of(Quantities::duration, Quantities::show, "write a number and ms, s, m, h or d, such as 5m");

  /** {@code never} is the empty one. */
  static final ValueType<Optional<Duration>> DURATION_OR_NEVER =
      of(
          text -> text.equals("never") ? Optional.empty() : Optional.of(Quantities.duration(text)),
          value -> value.map(Quantities::show).orElse("never"),
          "write a number and ms, s, m, h or d, such as 60s, or never");

  static final ValueType<Long> SIZE =
      new ScalarType<>(
          Quantities::size,
          Quantities::showSize,
          value -> value,
          "write bytes, or a number and KiB, MiB or GiB, such as 50MiB");

  static ValueType<Integer> number(int min, int max) {
    return new ScalarType<>(
        text -> number(text, min, max),
        String::valueOf,
        value -> value,
        "write a number from " + min + " to " + max);
  }

  /** The words of an enumeration, in lower case. */
  static <E extends Enum<E>> ValueType<E> word(Class<E> type) {
    String words =
        Arrays.stream(type.getEnumConstants())
            .map(ScalarType::word)
            .collect(Collectors.joining(" or "));
    return of(
        text ->
            Arrays.stream(type.getEnumConstants())
                .filter(constant -> word(constant).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not " + words)),
        ScalarType::word,
        "write " + words);
  }

  /** An empty text is none. */
  static <T> ValueType<Optional<T>> optional(ValueType<T> type) {
    return new ValueType<>() {
      @Override
      public Optional<T> parse(Node node, Path base) throws BadValueException {
        return YamlNodes.text(node, "one value, or \"\" for none").isEmpty()
            ? Optional.empty()
            : Optional.of(type.parse(node, base));
      }

      @Override
      public String show(Optional<T> value) {
        return value.map(type::show).orElse("\"\"");
      }

      @Override
      public Object plain(Optional<T> value) {
        return value.map(type::plain).orElse("");
      }
    };
  }

  @Override
  public T parse(Node node, Path base) throws BadValueException {
    String text = YamlNodes.text(node, "one value");
    try {
      return read.apply(text);
    } catch (IllegalArgumentException e) {
      throw new BadValueException(node, e.getMessage(), remedy);
    }
  }

  @Override
  public String show(T value) {
    return value instanceof Boolean || value instanceof Integer
        ? write.apply(value)
        : YamlNodes.quoted(write.apply(value));
  }

  @Override
  public Object plain(T value) {
    return toPlain.apply(value);
  }

  private static <T> ValueType<T> of(
      Function<String, T> read, Function<T, String> write, String remedy) {
    return new ScalarType<>(read, write, write::apply, remedy);
  }

  private static Set<PrivacyFlag> privacy(String text) {
    Set<PrivacyFlag> flags = EnumSet.noneOf(PrivacyFlag.class);
    for (String word : text.strip().split("[\\s,]+")) {
      if (!word.isEmpty()) {
        flags.addAll(
            PrivacyFlag.of(word)
                .orElseThrow(() -> new IllegalArgumentException("unknown word " + word)));
      }
    }
    return flags;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static int number(String text, int min, int max) {
    try {
      int value = Integer.parseInt(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException _) {
      throw new IllegalArgumentException("'" + text + "' is not a number");
    }
    throw new IllegalArgumentException(text + " is not in " + min + " to " + max);
  }
}

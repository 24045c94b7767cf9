package org.malleposte.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.malleposte.config.Listener.Tls;
import org.malleposte.dovecot.DovecotPlace;
import org.malleposte.dovecot.DovecotSection;
import org.malleposte.dovecot.DovecotSetting;

/**
 * {@code protocols}, {@code listen} and the {@code inet_listener} of services. A file that speaks
 * of any of them means Dovecot's ports in all of them; of one that does not our own stand.
 */
final class DovecotListeners {
  private static final List<String> EVERY_ADDRESS = List.of("0.0.0.0", "::");

  /** Of Dovecot's that listen for clients of ours, with the key. */
  private static final Map<String, ConfigKey<List<Listener>>> SERVICES =
      Map.of("imap-login", ConfigKeys.IMAP, "pop3-login", ConfigKeys.POP3, "lmtp", ConfigKeys.LMTP);

  private record Socket(String name, int port, boolean encrypted) {}

  private static final Map<String, List<Socket>> BY_DEFAULT =
      Map.of(
          "imap-login", List.of(new Socket("imap", 143, false), new Socket("imaps", 993, true)),
          "pop3-login", List.of(new Socket("pop3", 110, false), new Socket("pop3s", 995, true)),
          "lmtp", List.of());

  private final DovecotTaking taking;
  private final boolean withoutTls;

  DovecotListeners(DovecotTaking taking) {
    this.taking = taking;
    this.withoutTls = taking.global("ssl").filter(s -> s.value().equals("no")).isPresent();
  }

  void take() {
    DovecotSection root = taking.file().root();
    Optional<DovecotSetting> protocols = root.setting("protocols");
    Optional<DovecotSection> list = root.sections("protocols").findFirst();
    Optional<DovecotSetting> listen = root.setting("listen");
    boolean speaks =
        protocols.isPresent()
            || list.isPresent()
            || listen.isPresent()
            || root.sections("service").anyMatch(s -> SERVICES.containsKey(s.name()));
    if (!speaks) {
      if (!taking.isGiven(ConfigKeys.IMAP) || !taking.isGiven(ConfigKeys.POP3)) {
        taking.warn(
            taking.file().start(),
            "nothing is said of protocols, listen or services, so this program's own ports"
                + " are used",
            "write protocols = imap pop3, or set imap and pop3");
      }
      return;
    }
    DovecotPlace place =
        protocols
            .or(() -> listen)
            .map(DovecotSetting::place)
            .or(() -> list.map(DovecotSection::place))
            .orElse(taking.file().start());
    Set<String> spoken = spoken(protocols, list);
    protocols.ifPresent(s -> protocols(s, spoken));
    list.ifPresent(
        section -> section.settings().forEach(s -> taking.note(s, true, "sets imap, pop3, lmtp")));
    List<String> addresses = listen.map(this::addresses).orElse(EVERY_ADDRESS);
    for (String service : List.of("imap-login", "pop3-login", "lmtp")) {
      service(service, spoken, addresses, place);
    }
  }

  private static Set<String> spoken(
      Optional<DovecotSetting> protocols, Optional<DovecotSection> list) {
    var spoken = new LinkedHashSet<String>();
    protocols.ifPresent(s -> Stream.of(s.value().strip().split("[\\s,]+")).forEach(spoken::add));
    list.ifPresent(
        section ->
            section.settings().stream()
                .filter(s -> DovecotQuantities.isYes(s.value()))
                .forEach(s -> spoken.add(s.key())));
    // Dovecot serves all that is installed where the line is missing.
    return protocols.isEmpty() && list.isEmpty() ? Set.of("imap", "pop3", "lmtp") : spoken;
  }

  private void protocols(DovecotSetting setting, Set<String> spoken) {
    taking.note(setting, true, "sets imap, pop3, lmtp");
    for (String name : spoken) {
      switch (name) {
        case "imap", "pop3", "", "none" -> {}
        case "imaps", "pop3s" ->
            taking.warn(
                setting.place(),
                "protocols: " + name + " is a listener, no protocol",
                "write " + name.substring(0, 4) + ", it listens on the port for TLS too");
        case "lmtp" -> {
          if (lmtp().isEmpty() && !taking.isGiven(ConfigKeys.LMTP)) {
            taking.warn(
                setting.place(),
                "protocols: lmtp has no inet_listener, and UNIX sockets are not served",
                "set lmtp: [{listen: 127.0.0.1:24}]");
          }
        }
        case "submission" ->
            taking.warn(
                setting.place(),
                "protocols: submission is not Dovecot's here",
                "set smtp: [{listen: 0.0.0.0:587, submission: true}]");
        case "sieve" ->
            taking.warn(
                setting.place(),
                "protocols: sieve (ManageSieve) is not configured here",
                "see sieve in the configuration file");
        default ->
            taking.warn(
                setting.place(), "protocols: there is no protocol " + name, "remove the word");
      }
    }
  }

  private List<DovecotSection> lmtp() {
    return taking.file().root().section("service", "lmtp").stream()
        .flatMap(service -> service.sections("inet_listener"))
        .toList();
  }

  private List<String> addresses(DovecotSetting listen) {
    taking.note(listen, true, "where imap and pop3 listen");
    return split(listen.value());
  }

  private static List<String> split(String value) {
    return Stream.of(value.strip().split("[\\s,]+"))
        .filter(word -> !word.isEmpty())
        .map(word -> word.equals("*") ? "0.0.0.0" : word)
        .map(word -> word.replaceAll("[\\[\\]]", ""))
        .toList();
  }

  private void service(
      String name, Set<String> spoken, List<String> addresses, DovecotPlace place) {
    ConfigKey<List<Listener>> key = SERVICES.get(name);
    Optional<DovecotSection> section = taking.file().root().section("service", name);
    var listeners = new ArrayList<Listener>();
    var left = new ArrayList<>(BY_DEFAULT.get(name));
    for (DovecotSection written :
        section.stream().flatMap(s -> s.sections("inet_listener")).toList()) {
      Socket byDefault =
          left.stream()
              .filter(s -> s.name().equals(written.name()))
              .findFirst()
              .orElse(new Socket(written.name(), 0, false));
      left.remove(byDefault);
      listeners.addAll(listeners(key, written, byDefault, addresses));
    }
    left.forEach(s -> listeners.addAll(listeners(s, addresses)));
    if (!spoken.contains(name.replace("-login", ""))) {
      listeners.clear();
    }
    taking.put(
        key,
        key.type().show(once(listeners, place)),
        section.map(DovecotSection::place).orElse(place),
        "service " + name);
  }

  private List<Listener> listeners(
      ConfigKey<?> key, DovecotSection written, Socket byDefault, List<String> all) {
    Optional<DovecotSetting> port = setting(written, "port");
    Optional<DovecotSetting> ssl = setting(written, "ssl");
    Optional<DovecotSetting> address =
        setting(written, "address").or(() -> setting(written, "listen"));
    Optional<DovecotSetting> haproxy = setting(written, "haproxy");
    Stream.of(port, ssl, address).flatMap(Optional::stream).forEach(s -> taking.noteAs(key, s));
    try {
      int number = port.map(s -> DovecotQuantities.number(s.value())).orElse(byDefault.port());
      boolean encrypted =
          ssl.map(s -> DovecotQuantities.isYes(s.value())).orElse(byDefault.encrypted());
      List<String> addresses =
          address.map(s -> split(s.value())).filter(some -> !some.isEmpty()).orElse(all);
      List<AddressBlock> proxies =
          haproxy
              .filter(s -> DovecotQuantities.isYes(s.value()))
              .map(this::proxies)
              .orElse(List.of());
      haproxy.ifPresent(s -> taking.noteAs(key, s));
      return listeners(new Socket(byDefault.name(), number, encrypted), addresses).stream()
          .map(
              l ->
                  new Listener(
                      l.host(), l.port(), l.tls(), false, l.senders(), proxies, l.modifiers()))
          .toList();
    } catch (IllegalArgumentException e) {
      taking.warn(written.place(), written + ": " + e.getMessage(), "write it as Dovecot has it");
      return List.of();
    }
  }

  private List<AddressBlock> proxies(DovecotSetting haproxy) {
    Optional<DovecotSetting> trusted = taking.global("haproxy_trusted_networks");
    if (trusted.isEmpty() || trusted.get().value().isBlank()) {
      throw new IllegalArgumentException("haproxy = yes without haproxy_trusted_networks");
    }
    taking.note(trusted.get(), true, "who may connect to listeners with haproxy = yes");
    return split(trusted.get().value()).stream().map(AddressBlock::parse).toList();
  }

  private List<Listener> listeners(Socket socket, List<String> addresses) {
    if (socket.port() == 0 || socket.encrypted() && withoutTls) {
      return List.of();
    }
    return addresses.stream()
        .map(
            host ->
                new Listener(
                    host, socket.port(), socket.encrypted() ? Tls.IMPLICIT : Tls.STARTTLS, false))
        .toList();
  }

  /** A socket on {@code ::} takes IPv4 too, and leaves no room for another on the same port. */
  private List<Listener> once(List<Listener> listeners, DovecotPlace place) {
    var once = new ArrayList<>(new LinkedHashSet<>(listeners));
    for (String every : List.of("::", "0.0.0.0")) {
      List<Integer> ports =
          once.stream().filter(l -> l.host().equals(every)).map(Listener::port).toList();
      List<Listener> covered =
          once.stream()
              .filter(l -> !l.host().equals(every) && ports.contains(l.port()))
              .filter(l -> every.equals("::") || !l.host().contains(":"))
              .toList();
      if (every.equals("::") && covered.stream().anyMatch(DovecotListeners::isOneOfIpv4)) {
        taking.warn(
            place,
            "listen: a socket on :: takes IPv4 on all addresses, not only on those beside it",
            "name the IPv6 addresses, or guard the port otherwise");
      }
      once.removeAll(covered);
    }
    return once;
  }

  private static boolean isOneOfIpv4(Listener listener) {
    return !listener.host().contains(":") && !listener.host().equals("0.0.0.0");
  }

  private static Optional<DovecotSetting> setting(DovecotSection section, String key) {
    return section.setting(key).or(() -> section.setting(section.type() + "_" + key));
  }
}

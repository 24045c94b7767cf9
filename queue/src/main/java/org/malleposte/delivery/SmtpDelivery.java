package org.malleposte.delivery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.malleposte.blob.MessageBody;
import org.malleposte.delivery.DeliveryOutcome.Reach;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.routing.Target;
import org.malleposte.runtime.Timers;
import org.malleposte.spool.SpoolEntry;

/**
 * Delivers to other hosts by SMTP: to the smart hosts if there are any, else to the exchangers of
 * each domain in the order of preference. TLS is used where offered, without checking names (RFC
 * 7435), as sendmail does. Thread-safe.
 */
public final class SmtpDelivery implements DeliveryAgent {
  private static final EnhancedStatus NO_ROUTE = new EnhancedStatus(4, 4, 4);
  private static final EnhancedStatus NO_ANSWER = new EnhancedStatus(4, 4, 1);
  private static final EnhancedStatus NO_SUCH_DOMAIN = new EnhancedStatus(5, 1, 2);
  private static final EnhancedStatus NULL_MX = new EnhancedStatus(5, 1, 10);
  private static final EnhancedStatus NO_UTF8 = new EnhancedStatus(5, 6, 7);
  private static final EnhancedStatus LOOP = new EnhancedStatus(5, 4, 6);

  /**
   * How to reach the world.
   *
   * @param helo this host's name
   * @param smartHosts the first that answers takes everything; empty: the exchangers of each domain
   * @param port of exchangers, 25 outside of tests
   * @param isSelf whether a host name or address is this cluster's own
   */
  public record Settings(
      String helo, List<NextHop> smartHosts, int port, Predicate<String> isSelf) {
    public Settings {
      smartHosts = List.copyOf(smartHosts);
    }
  }

  private final Settings settings;
  private final MxLookup mxLookup;
  private final SSLContext tls;
  private final Timers timers;

  /**
   * @param tls trusts any certificate: the alternative to an unverified link is a readable one
   * @param timers end what a host draws out
   */
  public SmtpDelivery(Settings settings, MxLookup mxLookup, SSLContext tls, Timers timers) {
    this.settings = settings;
    this.mxLookup = mxLookup;
    this.tls = tls;
    this.timers = timers;
  }

  @Override
  public Map<Target, DeliveryOutcome> deliver(
      SpoolEntry entry, List<Target> targets, MessageBody body) {
    var byDomain = new LinkedHashMap<Domain, List<Target.Remote>>();
    for (var target : targets) {
      switch (target) {
        case Target.Remote remote ->
            byDomain.computeIfAbsent(remote.address().domain(), _ -> new ArrayList<>()).add(remote);
        case Target.Local local ->
            throw new IllegalArgumentException("not for another host: " + local);
      }
    }
    var outcomes = new LinkedHashMap<Target, DeliveryOutcome>();
    byDomain.forEach((domain, remotes) -> outcomes.putAll(toDomain(entry, domain, remotes, body)));
    return outcomes;
  }

  private Map<Target, DeliveryOutcome> toDomain(
      SpoolEntry entry, Domain domain, List<Target.Remote> targets, MessageBody body) {
    if (!settings.smartHosts().isEmpty()) {
      return tryHosts(entry, smartHosts(), targets, body);
    }
    return switch (mxLookup.lookup(domain)) {
      case MxLookup.Answer.Hosts(var exchangers) -> toExchangers(entry, exchangers, targets, body);
      case MxLookup.Answer.NullMx _ ->
          all(targets, new DeliveryOutcome.Failed(NULL_MX, domain + " takes no mail"));
      case MxLookup.Answer.NoSuchDomain _ ->
          all(targets, new DeliveryOutcome.Failed(NO_SUCH_DOMAIN, domain + " does not exist"));
      case MxLookup.Answer.Unknown(var detail) ->
          all(targets, new DeliveryOutcome.Deferred(NO_ROUTE, detail));
    };
  }

  // RFC 5321 §5.1: never to an exchanger that is no better than ourselves, or mail runs in circles.
  private Map<Target, DeliveryOutcome> toExchangers(
      SpoolEntry entry,
      List<MxLookup.Exchanger> exchangers,
      List<Target.Remote> targets,
      MessageBody body) {
    int ours =
        exchangers.stream()
            .filter(this::isSelf)
            .mapToInt(MxLookup.Exchanger::preference)
            .min()
            .orElse(Integer.MAX_VALUE);
    var hosts = new ArrayList<Host>();
    for (var exchanger : exchangers) {
      if (exchanger.preference() < ours) {
        exchanger
            .addresses()
            .forEach(
                a ->
                    hosts.add(
                        new Host(exchanger.name(), new InetSocketAddress(a, settings.port()))));
      }
    }
    return hosts.isEmpty()
        ? all(
            targets,
            new DeliveryOutcome.Failed(
                LOOP, "mail for " + targets.getFirst().address().domain() + " loops back to us"))
        : tryHosts(entry, hosts, targets, body);
  }

  private boolean isSelf(MxLookup.Exchanger exchanger) {
    return settings.isSelf().test(exchanger.name())
        || exchanger.addresses().stream().anyMatch(a -> settings.isSelf().test(a.getHostAddress()));
  }

  // Looked up for each mail, not at the start: the name may move, and one that does not resolve now
  // is a host that does not answer now.
  private List<Host> smartHosts() {
    var hosts = new ArrayList<Host>();
    for (NextHop hop : settings.smartHosts()) {
      switch (hop) {
        case NextHop.Host(var name, var port) ->
            hosts.add(new Host(name, new InetSocketAddress(name, port)));
        case NextHop.Exchangers(var domain, var port) -> hosts.addAll(exchangers(domain, port));
      }
    }
    return hosts;
  }

  private List<Host> exchangers(Domain domain, int port) {
    return switch (mxLookup.lookup(domain)) {
      case MxLookup.Answer.Hosts(var exchangers) ->
          exchangers.stream()
              .filter(e -> !isSelf(e))
              .flatMap(
                  e ->
                      e.addresses().stream()
                          .map(a -> new Host(e.name(), new InetSocketAddress(a, port))))
              .toList();
      // A smart host that is wrong is the postmaster's mistake: no mail bounces for it.
      case MxLookup.Answer.NullMx _, MxLookup.Answer.NoSuchDomain _, MxLookup.Answer.Unknown _ ->
          List.of();
    };
  }

  private record Host(String name, InetSocketAddress address) {}

  private Map<Target, DeliveryOutcome> tryHosts(
      SpoolEntry entry, List<Host> hosts, List<Target.Remote> targets, MessageBody body) {
    var outcomes = all(targets, new DeliveryOutcome.Deferred(NO_ANSWER, "no host to try"));
    for (var host : hosts) {
      var left = targets.stream().filter(t -> mayGoOn(outcomes.get(t))).toList();
      if (left.isEmpty()) {
        break;
      }
      outcomes.putAll(tryHost(entry, host, left, body));
    }
    return outcomes;
  }

  /** Another host of the same domain may take what this one does not take now, or cannot. */
  private static boolean mayGoOn(DeliveryOutcome outcome) {
    return switch (outcome) {
      case DeliveryOutcome.Deferred _ -> true;
      case DeliveryOutcome.Failed(var status, _) -> status.equals(NO_UTF8);
      case DeliveryOutcome.Delivered _ -> false;
    };
  }

  private Map<Target, DeliveryOutcome> tryHost(
      SpoolEntry entry, Host host, List<Target.Remote> targets, MessageBody body) {
    try {
      return session(entry, host, targets, body, true);
    } catch (TlsFailedException _) {
      return tryInClear(entry, host, targets, body);
    } catch (IOException e) {
      return all(
          targets, new DeliveryOutcome.Deferred(NO_ANSWER, host.name() + ": " + e.getMessage()));
    }
  }

  // A server whose STARTTLS is broken gets its mail as if it had offered none (RFC 7435 §3).
  private Map<Target, DeliveryOutcome> tryInClear(
      SpoolEntry entry, Host host, List<Target.Remote> targets, MessageBody body) {
    try {
      return session(entry, host, targets, body, false);
    } catch (IOException e) {
      return all(
          targets, new DeliveryOutcome.Deferred(NO_ANSWER, host.name() + ": " + e.getMessage()));
    }
  }

  private Map<Target, DeliveryOutcome> session(
      SpoolEntry entry, Host host, List<Target.Remote> targets, MessageBody body, boolean encrypt)
      throws IOException {
    try (var connection = new SmtpClientConnection(host.address(), settings.helo(), timers)) {
      var greeting = connection.greet();
      if (greeting.isPositive() && encrypt && connection.offers("STARTTLS")) {
        greeting = connection.startTls(tls, host.name());
      }
      // A host that greets with 5yz is no verdict on the mail: the next exchanger may take it.
      if (!greeting.isPositive()) {
        return all(
            targets, new DeliveryOutcome.Deferred(NO_ANSWER, host.name() + " said " + greeting));
      }
      return transaction(connection, entry, host, targets, body);
    }
  }

  private Map<Target, DeliveryOutcome> transaction(
      SmtpClientConnection connection,
      SpoolEntry entry,
      Host host,
      List<Target.Remote> targets,
      MessageBody body)
      throws IOException {
    var envelope = entry.envelope();
    boolean utf8 = Utf8Need.of(envelope, targets, body);
    if (utf8 && !connection.offers("SMTPUTF8")) {
      return all(targets, new DeliveryOutcome.Failed(NO_UTF8, host.name() + " has no SMTPUTF8"));
    }
    var mail = connection.mail(envelope, body.sizeBytes(), utf8);
    if (!mail.isPositive()) {
      return all(targets, refused(host, mail));
    }
    var outcomes = new LinkedHashMap<Target, DeliveryOutcome>();
    var accepted = new ArrayList<Target>();
    for (var target : targets) {
      var reply = connection.recipient(target, envelope.dsn(), utf8);
      if (reply.isPositive()) {
        accepted.add(target);
      } else {
        outcomes.put(target, refused(host, reply));
      }
    }
    if (!accepted.isEmpty()) {
      var end = connection.data(body);
      var reach = connection.offers("DSN") ? Reach.REPORTING_HOST : Reach.OTHER_HOST;
      accepted.forEach(t -> outcomes.put(t, ended(host, end, reach)));
    }
    return outcomes;
  }

  private static DeliveryOutcome ended(Host host, SmtpReply reply, Reach reach) {
    return reply.isPositive()
        ? new DeliveryOutcome.Delivered(said(host, reply), reach)
        : refused(host, reply);
  }

  private static String said(Host host, SmtpReply reply) {
    return host.name() + " said " + reply;
  }

  private static DeliveryOutcome refused(Host host, SmtpReply reply) {
    String text = said(host, reply);
    return reply.isPermanent()
        ? new DeliveryOutcome.Failed(reply.status(), text)
        : new DeliveryOutcome.Deferred(reply.status(), text);
  }

  private static Map<Target, DeliveryOutcome> all(
      List<? extends Target> targets, DeliveryOutcome outcome) {
    var outcomes = new LinkedHashMap<Target, DeliveryOutcome>();
    targets.forEach(t -> outcomes.put(t, outcome));
    return outcomes;
  }
}

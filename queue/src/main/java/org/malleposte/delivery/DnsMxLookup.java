package org.malleposte.delivery;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.malleposte.mail.Domain;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.lookup.LookupFailedException;
import org.xbill.DNS.lookup.LookupSession;
import org.xbill.DNS.lookup.NoSuchDomainException;
import org.xbill.DNS.lookup.NoSuchRRSetException;

/** {@link MxLookup} by the resolvers of the system. Thread-safe. */
public final class DnsMxLookup implements MxLookup {
  private final LookupSession session;

  public DnsMxLookup(LookupSession session) {
    this.session = session;
  }

  @Override
  public Answer lookup(Domain domain) {
    if (domain.isLiteral()) {
      return literal(domain);
    }
    try {
      var name = Name.fromString(domain.name(), Name.root);
      List<MXRecord> records = records(name, Type.MX).stream().map(MXRecord.class::cast).toList();
      if (records.isEmpty()) {
        return implicit(name); // RFC 5321 §5.1: the domain itself
      }
      if (records.size() == 1 && records.getFirst().getTarget().equals(Name.root)) {
        return new Answer.NullMx(); // RFC 7505 §3
      }
      return exchangers(records);
    } catch (NoSuchDomainException _) {
      return new Answer.NoSuchDomain();
    } catch (LookupFailedException | TextParseException | CompletionException e) {
      return new Answer.Unknown("DNS: " + e.getMessage());
    }
  }

  private Answer exchangers(List<MXRecord> records) throws LookupFailedException {
    var hosts = new ArrayList<Exchanger>();
    for (var record :
        records.stream().sorted(Comparator.comparingInt(MXRecord::getPriority)).toList()) {
      var addresses = addressesOrNone(record.getTarget());
      if (!addresses.isEmpty()) {
        hosts.add(
            new Exchanger(record.getTarget().toString(true), record.getPriority(), addresses));
      }
    }
    return hosts.isEmpty() ? new Answer.Unknown("no MX has an address") : new Answer.Hosts(hosts);
  }

  private Answer implicit(Name name) throws LookupFailedException {
    var addresses = addresses(name);
    return addresses.isEmpty()
        ? new Answer.NoSuchDomain()
        : new Answer.Hosts(List.of(new Exchanger(name.toString(true), 0, addresses)));
  }

  private List<InetAddress> addressesOrNone(Name name) throws LookupFailedException {
    try {
      return addresses(name);
    } catch (NoSuchDomainException _) {
      return List.of();
    }
  }

  private List<InetAddress> addresses(Name name) throws LookupFailedException {
    var all = new ArrayList<InetAddress>();
    for (var record : records(name, Type.A)) {
      all.add(((ARecord) record).getAddress());
    }
    for (var record : records(name, Type.AAAA)) {
      all.add(((AAAARecord) record).getAddress());
    }
    return all;
  }

  private List<Record> records(Name name, int type) throws LookupFailedException {
    try {
      return await(session.lookupAsync(name, type)).getRecords();
    } catch (NoSuchRRSetException _) {
      return List.of();
    }
  }

  private static <T> T await(CompletionStage<T> stage) throws LookupFailedException {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof LookupFailedException failed) {
        throw failed;
      }
      throw e;
    }
  }

  private static Answer literal(Domain domain) {
    String inner = domain.name().substring(1, domain.name().length() - 1);
    String text = inner.startsWith("ipv6:") ? inner.substring(5) : inner;
    if (!text.matches("[0-9a-f.:]+")) {
      return new Answer.NoSuchDomain(); // a name in brackets would go to the resolver
    }
    try {
      return new Answer.Hosts(
          List.of(new Exchanger(text, 0, List.of(InetAddress.getByName(text)))));
    } catch (UnknownHostException _) {
      return new Answer.NoSuchDomain();
    }
  }
}

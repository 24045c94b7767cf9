package org.malleposte;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.malleposte.admin.AdminAnswer;
import org.malleposte.admin.ClusterOperations.Reloaded;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.tls.Reloadable;
import org.malleposte.tls.TlsFileException;

/**
 * {@code reload}: tables and accounts, both or what was before; and certificates, each for itself.
 */
final class NodeReload implements Supplier<CompletableFuture<AdminAnswer<Reloaded>>> {
  private final NodeTables tables;
  private final NodeAccounts accounts;
  private final List<Reloadable> certificates;
  private final BlockingLane lane;

  NodeReload(
      NodeTables tables, NodeAccounts accounts, List<Reloadable> certificates, BlockingLane lane) {
    this.tables = tables;
    this.accounts = accounts;
    this.certificates = List.copyOf(certificates);
    this.lane = lane;
  }

  @Override
  public CompletableFuture<AdminAnswer<Reloaded>> get() {
    return lane.call(this::reload);
  }

  private AdminAnswer<Reloaded> reload() {
    var what = new ArrayList<String>();
    var warnings = new ArrayList<String>();
    try {
      // First what can be refused, then what changes: all, or what was before.
      var loaded = tables.load();
      if (loaded.hasErrors()) {
        return new AdminAnswer.Refused<>(
            "the tables have mistakes, the old ones stay in force:\n"
                + String.join("\n", loaded.problems().stream().map(Object::toString).toList()));
      }
      warnings.addAll(accounts.reload());
      what.add("accounts");
      tables.use(loaded);
      loaded.problems().forEach(p -> warnings.add(p.toString()));
      what.add("tables");
      reloadCertificates(what, warnings);
      return new AdminAnswer.Done<>(new Reloaded(what, warnings));
    } catch (StartException e) {
      return new AdminAnswer.Refused<>(e.getMessage());
    }
  }

  // Each is whole or as before; one that cannot be used says nothing about the rest.
  private void reloadCertificates(List<String> what, List<String> warnings) {
    for (var certificate : certificates) {
      try {
        certificate.reload();
        certificate.files().forEach(f -> what.add(f.toString()));
      } catch (TlsFileException e) {
        warnings.add("the old certificate stays in use: " + e.getMessage());
      }
    }
  }
}

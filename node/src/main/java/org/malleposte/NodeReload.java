package org.malleposte;

import java.util.ArrayList;
import java.util.List;
import org.malleposte.account.PasswdFile;
import org.malleposte.config.DovecotChanges;
import org.malleposte.reload.LocalReload;
import org.malleposte.tables.TableLoader;
import org.malleposte.tables.TableProblem;
import org.malleposte.tls.Reloadable;
import org.malleposte.tls.TlsFileException;

/**
 * What this node reads again: tables and accounts, both or what was before; and certificates, each
 * for itself.
 */
final class NodeReload implements LocalReload {
  private final NodeTables tables;
  private final NodeAccounts accounts;
  private final List<Reloadable> certificates;
  private final DovecotChanges dovecot;

  NodeReload(
      NodeTables tables,
      NodeAccounts accounts,
      List<Reloadable> certificates,
      DovecotChanges dovecot) {
    this.dovecot = dovecot;
    this.tables = tables;
    this.accounts = accounts;
    this.certificates = List.copyOf(certificates);
  }

  @Override
  public Prepared prepare() {
    var loaded = tables.load();
    PasswdFile file;
    try {
      file = accounts.read();
    } catch (StartException e) {
      return new Prepared.Mistaken(List.of(e.getMessage()));
    }
    if (loaded.hasErrors()) {
      return new Prepared.Mistaken(
          loaded.problems().stream()
              .filter(TableProblem::isError)
              .map(TableProblem::toString)
              .toList());
    }
    var warnings = new ArrayList<String>();
    file.problems().forEach(p -> warnings.add(p.toString()));
    loaded.problems().forEach(p -> warnings.add(p.toString()));
    warnings.addAll(tables.needRestart(loaded));
    warnings.addAll(dovecot.needRestart());
    return new Prepared.Ready(warnings, () -> use(loaded, file));
  }

  private Switched use(TableLoader.Loaded loaded, PasswdFile file) {
    var what = new ArrayList<String>();
    var warnings = new ArrayList<String>();
    accounts.use(file);
    what.add("accounts");
    tables.use(loaded);
    what.add("tables");
    // Each is whole or as before; one that cannot be used says nothing about the rest.
    for (var certificate : certificates) {
      try {
        certificate.reload();
        certificate.files().forEach(f -> what.add(f.toString()));
      } catch (TlsFileException e) {
        warnings.add("the old certificate stays in use: " + e.getMessage());
      }
    }
    return new Switched(what, warnings);
  }
}

package org.malleposte.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.malleposte.account.AccountFuzz;
import org.malleposte.auth.AuthFuzz;
import org.malleposte.bounce.BounceFuzz;
import org.malleposte.cluster.ClusterFuzz;
import org.malleposte.config.ConfigFuzz;
import org.malleposte.delivery.DeliveryFuzz;
import org.malleposte.format.FormatFuzz;
import org.malleposte.handover.HandoverFuzz;
import org.malleposte.imap.ImapFuzz;
import org.malleposte.json.JsonFuzz;
import org.malleposte.line.LineFuzz;
import org.malleposte.mail.MailFuzz;
import org.malleposte.mime.MimeFuzz;
import org.malleposte.pop3.Pop3Fuzz;
import org.malleposte.raft.RaftFuzz;
import org.malleposte.shard.ShardFuzz;
import org.malleposte.smtp.SmtpFuzz;
import org.malleposte.spool.SpoolFuzz;
import org.malleposte.tables.TablesFuzz;

/** All parsers of the program that take bytes or text from outside or from disk. */
public final class FuzzTargets {
  private FuzzTargets() {}

  /** By what they are about; those of one group take turns in one process. */
  public static Map<String, List<FuzzTarget>> groups() {
    var groups = new LinkedHashMap<String, List<FuzzTarget>>();
    groups.put("smtp", join(LineFuzz.targets(), SmtpFuzz.targets(), DeliveryFuzz.targets()));
    groups.put("mailboxes", join(ImapFuzz.targets(), Pop3Fuzz.targets()));
    groups.put("messages", join(MimeFuzz.targets(), BounceFuzz.targets(), MailFuzz.targets()));
    groups.put("logins", join(AuthFuzz.targets(), AccountFuzz.targets()));
    groups.put("files", join(TablesFuzz.targets(), ConfigFuzz.targets(), JsonFuzz.targets()));
    groups.put(
        "records",
        join(
            SpoolFuzz.targets(),
            ShardFuzz.targets(),
            HandoverFuzz.targets(),
            RaftFuzz.targets(),
            FormatFuzz.targets(),
            ClusterFuzz.targets()));
    return groups;
  }

  public static List<FuzzTarget> all() {
    return groups().values().stream().flatMap(List::stream).toList();
  }

  static FuzzTarget named(String name) {
    return all().stream()
        .filter(target -> target.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no fuzz target " + name));
  }

  @SafeVarargs
  private static List<FuzzTarget> join(List<FuzzTarget>... lists) {
    var all = new ArrayList<FuzzTarget>();
    for (var list : lists) {
      all.addAll(list);
    }
    return all;
  }
}

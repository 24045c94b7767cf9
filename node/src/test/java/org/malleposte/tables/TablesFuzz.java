package org.malleposte.tables;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.malleposte.format.FormatException;
import org.malleposte.fuzz.Fuzz;
import org.malleposte.fuzz.FuzzTarget;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;

/** sendmail's files, and what a primary publishes of them. */
public final class TablesFuzz {
  private static final List<String> FILES =
      List.of(
          "access", "virtusertable", "relay-domains", "local-host-names", "sendmail.mc", "aliases");
  private static final NodeName PRIMARY = new NodeName("a");

  private TablesFuzz() {}

  public static List<FuzzTarget> targets() {
    return List.of(
        FuzzTarget.of(
                "sendmail-mc",
                TablesFuzz::mc,
                "define(`confMAX_MESSAGE_SIZE',`1000')dnl\nFEATURE(`access_db')\nMAILER(smtp)\n",
                "DAEMON_OPTIONS(`Port=25,Name=MTA,M=Ea')\nINPUT_MAIL_FILTER(`f',`S=inet:1@h, T=S:1m')\n",
                "define(`a',`b a')a\nLOCAL_CONFIG\nCwx y\nDjz\nifelse(`a',`a',`x',`y')\n",
                "MASQUERADE_AS(`x.test')\nSMART_HOST(`[h]')\nFEATURE(`dnsbl',`z.test',`t')\n")
            .with(() -> Fuzz.files("../queue/src/test/resources", ".mc")),
        FuzzTarget.of("table-files", TablesFuzz::files, tables()).with(TablesFuzz::oracle),
        FuzzTarget.of(
            "table-words",
            TablesFuzz::words,
            "ERROR:5.7.1:550 no",
            "user, \"a b\"@c.test, :include:/x, |\"p q\", /f, \\bob",
            "IPv6:2001:db8::1",
            "%1+%2@%3"),
        FuzzTarget.of("published-tables", TablesFuzz::published).with(() -> List.of(packed())),
        FuzzTarget.of("packed-tables", TablesFuzz::packed)
            .with(() -> List.of(PackedTables.pack("hello hello hello".getBytes()).bytes())));
  }

  private static String tables() {
    return String.join(
        "\377",
        "Connect:10.1\tRELAY\nFrom:a@b\tERROR:5.7.1:550 no\nTo:c.test\tOK\nx.test\tDISCARD\n",
        "a@b.test\tc\n@d.test\t%1@e.test\nf@g.test\terror:nouser gone\n",
        "h.test\n",
        "i.test\n",
        "FEATURE(`virtusertable')\nFEATURE(`access_db')\nFEATURE(`use_cw_file')\n",
        "root: alice, bob\n \"q r\"@far.test\nowner-l: bob\nl: :include:list\nloop: loop\n");
  }

  /** The directories of tables that other tests have, each as one input. */
  private static List<byte[]> oracle() {
    var seeds = new ArrayList<byte[]>();
    for (String root :
        List.of("../queue/src/test/resources/tables", "../queue/src/test/resources/badtables")) {
      if (!Files.isDirectory(Path.of(root))) {
        continue;
      }
      try (var all = Files.walk(Path.of(root))) {
        for (Path directory : all.filter(Files::isDirectory).sorted().toList()) {
          var bytes = new java.io.ByteArrayOutputStream();
          for (String name : FILES) {
            if (Files.isRegularFile(directory.resolve(name))) {
              bytes.writeBytes(Files.readAllBytes(directory.resolve(name)));
            }
            bytes.write(0xff);
          }
          if (bytes.size() > FILES.size() && bytes.size() < 4096) {
            seeds.add(bytes.toByteArray());
          }
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return seeds;
  }

  private static void mc(byte[] data) {
    var file = McFile.parse("sendmail.mc", Fuzz.utf8(data), Map.of());
    file.problems().forEach(TablesFuzz::problem);
    file.directives().forEach(d -> Fuzz.check(d.line() >= 0, "line"));
    file.settings().keySet().forEach(file::definition);
  }

  private static void problem(TableProblem problem) {
    Fuzz.check(problem.line() >= 0, "line");
    Fuzz.check(!problem.what().isBlank() && !problem.remedy().isBlank(), "says nothing");
    Fuzz.check(problem.toString().lines().count() == 1, "not a line: " + problem);
  }

  private static void files(byte[] data) throws IOException {
    Path directory = Files.createTempDirectory("tables");
    try {
      var parts = Fuzz.parts(data, FILES.size());
      for (int i = 0; i < FILES.size(); i++) {
        if (parts.get(i).length > 0) {
          Files.write(directory.resolve(FILES.get(i)), parts.get(i));
        }
      }
      var loader = new TableLoader(OwnHost.named("mx.test"), Map.of());
      var loaded = loader.load(new TableSource(directory, directory.resolve("aliases")));
      loaded.problems().forEach(TablesFuzz::problem);
      asked(loaded.tables());
      byte[] bytes = TablesCodec.encode(loaded.tables(), Set.of(new AccountName("a")), new byte[0]);
      var published = TablesCodec.decode(PRIMARY, bytes);
      sameTables(loaded.tables(), published.tables());
    } finally {
      for (String name : FILES) {
        Files.deleteIfExists(directory.resolve(name));
      }
      Files.deleteIfExists(directory);
    }
  }

  private static List<LineTable> lists(TableSet tables) {
    return List.of(
        tables.access().lines(),
        tables.virtUsers().lines(),
        tables.relayDomains().listed(),
        tables.localHostNames().listed(),
        tables.aliases().aliases(),
        tables.aliases().includes());
  }

  private static void sameTables(TableSet ours, TableSet theirs) {
    for (int i = 0; i < lists(ours).size(); i++) {
      Fuzz.same(lists(ours).get(i).bytes(), lists(theirs).get(i).bytes(), "published table");
    }
    Fuzz.same(ours.options(), theirs.options(), "published options");
  }

  /** Each key is found, and each alias has members. */
  private static void asked(TableSet tables) {
    for (LineTable table : lists(tables)) {
      var count = new int[1];
      table.forEach(
          line -> {
            count[0]++;
            Fuzz.same(line, table.find(line.key()).orElseThrow(), "entry " + line.key());
          });
      Fuzz.same(table.size(), count[0], "size of " + table.files());
    }
    tables.aliases().aliases().forEach(line -> AliasTable.members(line));
  }

  private static void words(byte[] data) {
    String text = Fuzz.utf8(data);
    AccessAction.parse(text);
    for (String member : AliasMember.split(text)) {
      AliasMember.parse(member);
    }
    IpText.of(text);
    IpText.literal(text);
    VirtUserTable.fill(text, "user", "detail", "x.test");
    String clean = text.replaceAll("[\\r\\n]", " ");
    try {
      DaemonOptions.parse(1, clean, (_, _) -> {});
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    try {
      MailFilter.parse(1, "f", clean);
    } catch (IllegalArgumentException e) {
      Fuzz.check(e.getMessage() != null, "no reason");
    }
    ClientControl.pause(text);
  }

  private static byte[] packed() {
    var tables =
        new TableLoader(OwnHost.named("mx.test"), Map.of())
            .load(new TableSource(Path.of("nowhere"), Path.of("nowhere/aliases")))
            .tables();
    return TablesCodec.encode(tables, Set.of(new AccountName("a")), new byte[] {1});
  }

  private static void published(byte[] data) {
    PublishedTables tables;
    try {
      tables = TablesCodec.decode(PRIMARY, data);
    } catch (FormatException e) {
      return;
    }
    asked(tables.tables());
    byte[] bytes = TablesCodec.encode(tables.tables(), tables.accounts(), tables.credentials());
    TablesCodec.decode(PRIMARY, bytes);
  }

  private static void packed(byte[] data) {
    try {
      byte[] plain = PackedTables.of(data).unpack();
      Fuzz.same(plain, PackedTables.pack(plain).unpack(), "packed again");
    } catch (FormatException e) {
      // Not packed.
    }
  }
}

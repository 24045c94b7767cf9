package org.malleposte.tables;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.format.FormatException;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.runtime.BlockingLane;

class PublishedTablesTest {
  private static final NodeName PRIMARY = new NodeName("mx1.example.com");
  private static final Set<AccountName> ACCOUNTS =
      Set.of(AccountName.of("alice"), AccountName.of("bob"));
  private static final byte[] CREDENTIALS = "alice:{SSHA512}x\nbob:{SSHA512}y\n".getBytes(UTF_8);

  @TempDir Path temp;
  private final FakeDirectory directory = new FakeDirectory();
  private final HandTimers timers = new HandTimers();
  private final List<AutoCloseable> open = new ArrayList<>();
  private BlockingLane lane;

  @BeforeEach
  void start() {
    lane = new BlockingLane("tables-test", 2, 100);
    open.add(lane);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void aSecondarySeesWhatAPrimaryPublishes() throws IOException {
    TableSubscriber subscriber = subscriber("a");
    assertThat(subscriber.view()).isEqualTo(new PublishedView.Awaited());
    assertThat(subscriber.credentials()).isEmpty();

    publisher().publish(tables("example.com"), ACCOUNTS, CREDENTIALS);

    PublishedTables known = awaitKnown(subscriber, "example.com");
    assertThat(known.primary()).isEqualTo(PRIMARY);
    assertThat(known.accounts()).isEqualTo(ACCOUNTS);
    assertThat(subscriber.credentials()).isEqualTo(CREDENTIALS);
    assertThat(subscriber.credentials()).isSameAs(subscriber.credentials());
    TableLine line = known.tables().aliases().find("postmaster").orElseThrow();
    assertThat(line.file()).isEqualTo("mx1.example.com/aliases");
    assertThat(line.line()).isEqualTo(2);
    assertThat(line.value()).isEqualTo("alice");
  }

  @Test
  void everyTableAndOptionComesBackAsItWas() throws IOException {
    TableSet tables = full();
    PublishedTables back =
        TablesCodec.decode(PRIMARY, TablesCodec.encode(tables, ACCOUNTS, CREDENTIALS));

    assertThat(back.tables().options()).isEqualTo(tables.options());
    assertThat(back.tables().ownName()).isEqualTo(tables.ownName());
    assertThat(back.tables().access().options()).isEqualTo(tables.access().options());
    assertThat(back.tables().relayDomains().hostsOnly()).isTrue();
    assertThat(back.tables().virtUsers().entireDomain()).isTrue();
    assertThat(keys(back.tables())).isEqualTo(keys(tables)).hasSizeGreaterThan(12);
    assertThat(back.tables().aliases().include("list.txt")).isPresent();
    // The same tables give the same bytes: the digest names them.
    assertThat(TablesCodec.encode(full(), ACCOUNTS, CREDENTIALS))
        .isEqualTo(TablesCodec.encode(tables, ACCOUNTS, CREDENTIALS));
  }

  @Test
  void theCopyOnDiskServesAfterARestartWithoutADirectory() throws IOException {
    TableSubscriber before = subscriber("a");
    publisher().publish(tables("example.com"), ACCOUNTS, CREDENTIALS);
    awaitKnown(before, "example.com");
    before.close();

    var nobody = new FakeDirectory();
    var after = new TableSubscriber(nobody, copies("a"), lane, timers, _ -> {});
    open.add(after);

    assertThat(known(after).tables().localHostNames().contains(Domain.of("example.com"))).isTrue();
    assertThat(after.credentials()).isEqualTo(CREDENTIALS);
    assertThat(known(after).accounts()).isEqualTo(ACCOUNTS);
  }

  @Test
  void aDamagedCopyIsNotUsedAndIsReplaced() throws IOException {
    TableSubscriber before = subscriber("a");
    publisher().publish(tables("example.com"), ACCOUNTS, CREDENTIALS);
    awaitKnown(before, "example.com");
    before.close();
    Path file = temp.resolve("a/mx1.example.com.tables");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    assertThat(copies("a").read()).isEmpty();
    awaitKnown(subscriber("a"), "example.com");
    assertThat(copies("a").read()).containsKey(PRIMARY);
  }

  @Test
  void newTablesReplaceOldOnesAndTheirParts() throws IOException {
    TableSubscriber subscriber = subscriber("a");
    TablePublisher publisher = publisher();
    publisher.publish(tables("example.com"), ACCOUNTS, CREDENTIALS);
    awaitKnown(subscriber, "example.com");
    String first = publisher.published();

    publisher.publish(tables("example.org"), ACCOUNTS, CREDENTIALS);

    PublishedTables known = awaitKnown(subscriber, "example.org");
    assertThat(known.tables().localHostNames().contains(Domain.of("example.com"))).isFalse();
    await()
        .untilAsserted(
            () ->
                assertThat(directory.list(TablesHead.partsOf(PRIMARY)).keySet())
                    .isNotEmpty()
                    .noneMatch(key -> key.contains(first)));
    assertThat(TablesHead.decode(directory.get("tables/mx1.example.com").orElseThrow().value()))
        .extracting(TablesHead::version)
        .isEqualTo(2L);
  }

  @Test
  void theSameTablesAreNotWrittenAgain() throws IOException {
    publisher().publish(tables("example.com"), ACCOUNTS, CREDENTIALS);
    await().until(() -> directory.get("tables/mx1.example.com").isPresent());
    int writes = directory.writes;

    TablePublisher again = publisher();
    again.publish(tables("example.com"), ACCOUNTS, CREDENTIALS);

    await().until(() -> !again.published().isEmpty());
    assertThat(directory.writes).isEqualTo(writes);
  }

  @Test
  void publishingIsRepeatedUntilTheDirectoryHasAMajority() throws IOException {
    directory.available(false);
    TablePublisher publisher = publisher();
    publisher.publish(tables("example.com"), ACCOUNTS, CREDENTIALS);
    await().until(() -> timers.waiting() == 1);
    timers.fireAll();
    await().until(() -> timers.waiting() == 1);
    // What was asked for meanwhile is what is published in the end.
    publisher.publish(tables("example.org"), ACCOUNTS, CREDENTIALS);
    directory.available(true);
    timers.fireAll();

    awaitKnown(subscriber("a"), "example.org");
  }

  @Test
  void largeTablesTravelInParts() throws IOException {
    var lines = new StringBuilder();
    var random = new java.util.Random(7); // incompressible, so that there are several parts
    for (int i = 0; i < 60_000; i++) {
      lines.append("user").append(Long.toHexString(random.nextLong())).append(": alice\n");
    }
    Files.createDirectories(temp.resolve("large"));
    Files.writeString(temp.resolve("large/aliases"), lines);
    TableSet tables = load("large");
    TableSubscriber subscriber = subscriber("a");

    publisher().publish(tables, ACCOUNTS, CREDENTIALS);

    await().until(() -> subscriber.view() instanceof PublishedView.Known);
    assertThat(known(subscriber).tables().aliases().aliases().size()).isEqualTo(60_000);
    assertThat(directory.list(TablesHead.partsOf(PRIMARY)).size()).isGreaterThan(1);
  }

  @Test
  void aPartThatWasTamperedWithIsRefusedAndTheOldTablesStay() throws IOException {
    List<PublishedView> seen = new java.util.concurrent.CopyOnWriteArrayList<>();
    var subscriber = new TableSubscriber(directory, copies("a"), lane, timers, seen::add);
    open.add(subscriber);
    publisher().publish(tables("example.com"), ACCOUNTS, CREDENTIALS);
    awaitKnown(subscriber, "example.com");
    PackedTables evil =
        PackedTables.pack(TablesCodec.encode(tables("evil.example"), ACCOUNTS, CREDENTIALS));
    var head = new TablesHead(9, "0".repeat(64), 1, evil.bytes().length);
    directory.put(head.partKey(PRIMARY, 0), evil.bytes(), OptionalLong.empty());
    directory.put(TablesHead.key(PRIMARY), head.encode(), OptionalLong.empty());

    // An honest publication is behind it: when that is taken, the other one was looked at.
    publisher().publish(tables("example.org"), ACCOUNTS, CREDENTIALS);
    awaitKnown(subscriber, "example.org");
    assertThat(seen).hasSize(2);
  }

  @Test
  void aMissingPartIsWaitedFor() throws IOException {
    PackedTables packed =
        PackedTables.pack(TablesCodec.encode(tables("example.com"), ACCOUNTS, CREDENTIALS));
    var head = new TablesHead(1, packed.digest(), 1, packed.bytes().length);
    directory.put(TablesHead.key(PRIMARY), head.encode(), OptionalLong.empty());
    TableSubscriber subscriber = subscriber("a");
    await().until(() -> timers.waiting() > 0);
    assertThat(subscriber.view()).isEqualTo(new PublishedView.Awaited());

    directory.put(head.partKey(PRIMARY, 0), packed.bytes(), OptionalLong.empty());
    timers.fireAll();

    awaitKnown(subscriber, "example.com");
  }

  @Test
  void aHeadThatIsRemovedTakesItsTablesAway() throws IOException {
    TableSubscriber subscriber = subscriber("a");
    publisher().publish(tables("example.com"), ACCOUNTS, CREDENTIALS);
    awaitKnown(subscriber, "example.com");

    directory.delete(TablesHead.key(PRIMARY));

    await().until(() -> subscriber.view() instanceof PublishedView.Awaited);
    assertThat(copies("a").read()).isEmpty();
  }

  @Test
  void aNewerMajorIsRefused() throws IOException {
    byte[] bytes = TablesCodec.encode(tables("example.com"), ACCOUNTS, CREDENTIALS);
    bytes[0] = 2;
    assertThatThrownBy(() -> TablesCodec.decode(PRIMARY, bytes))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("format 2");
  }

  @Test
  void bytesThatAreNoTablesNeverMakeMoreThanAnException() throws IOException {
    byte[] good = TablesCodec.encode(full(), ACCOUNTS, CREDENTIALS);
    long seed = 42;
    var random = new java.util.Random(seed);
    for (int round = 0; round < 2_000; round++) {
      byte[] bad = good.clone();
      for (int i = 0; i <= random.nextInt(3); i++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt();
      }
      try {
        TablesCodec.decode(PRIMARY, bad);
      } catch (FormatException e) {
        assertThat(e).as("seed %d round %d", seed, round).isNotNull();
      }
    }
  }

  private TablePublisher publisher() {
    var publisher = new TablePublisher(directory, PRIMARY, lane, timers);
    open.add(publisher);
    return publisher;
  }

  private TableSubscriber subscriber(String name) {
    var subscriber = new TableSubscriber(directory, copies(name), lane, timers, _ -> {});
    open.add(subscriber);
    return subscriber;
  }

  private TableCopies copies(String name) {
    return new TableCopies(temp.resolve(name));
  }

  private TableSet tables(String domain) throws IOException {
    Path etc = Files.createDirectories(temp.resolve("etc-" + domain));
    Files.writeString(etc.resolve("local-host-names"), domain + "\n");
    Files.writeString(etc.resolve("aliases"), "# who\npostmaster: alice\n");
    return load("etc-" + domain);
  }

  private TableSet full() throws IOException {
    Path etc = Files.createDirectories(temp.resolve("full"));
    Files.writeString(etc.resolve("local-host-names"), "example.com\n");
    Files.writeString(etc.resolve("relay-domains"), "example.net\n10.1\n");
    Files.writeString(etc.resolve("access"), "From:a@b.example\tREJECT\nConnect:10.2 RELAY\n");
    Files.writeString(etc.resolve("virtusertable"), "@example.com\talice\n");
    Files.writeString(etc.resolve("aliases"), "list: :include:list.txt\n");
    Files.writeString(etc.resolve("list.txt"), "alice\nbob\n");
    Files.writeString(
        etc.resolve("sendmail.mc"),
        """
        FEATURE(`access_db', `', `skip', `lookupdotdomain', `relaytofulladdress')
        FEATURE(`virtusertable')
        FEATURE(`use_cw_file')
        FEATURE(`blocklist_recipients')
        FEATURE(`virtuser_entire_domain')
        FEATURE(`relay_hosts_only')
        FEATURE(`relay_entire_domain')
        FEATURE(`delay_checks', `friend')
        FEATURE(`nouucp', `reject')
        LOCAL_DOMAIN(`example.edu')
        RELAY_DOMAIN(`example.biz')
        VIRTUSER_DOMAIN(`example.info')
        define(`confREJECT_MSG', `550 5.7.1 Go away')
        define(`confMAX_ALIAS_RECURSION', `20')
        """);
    return load("full");
  }

  private TableSet load(String name) {
    Path etc = temp.resolve(name);
    return new TableLoader(OwnHost.named("mx1.example.com"), Map.of())
        .load(new TableSource(etc, etc.resolve("aliases")))
        .tables();
  }

  private static List<String> keys(TableSet tables) {
    var keys = new ArrayList<String>();
    for (LineTable table :
        List.of(
            tables.localHostNames().listed(),
            tables.localHostNames().own(),
            tables.ownDomains(),
            tables.relayDomains().listed(),
            tables.relayDomains().added(),
            tables.access().lines(),
            tables.virtUsers().lines(),
            tables.virtUsers().domains(),
            tables.aliases().aliases(),
            tables.aliases().includes())) {
      table.forEach(line -> keys.add(line.line() + " " + line.key() + " " + line.value()));
    }
    return keys;
  }

  private static PublishedTables awaitKnown(TableSubscriber subscriber, String domain) {
    await()
        .until(
            () ->
                subscriber.view() instanceof PublishedView.Known(var primaries)
                    && primaries.size() == 1
                    && primaries.getFirst().tables().localHostNames().contains(Domain.of(domain)));
    return known(subscriber);
  }

  private static PublishedTables known(TableSubscriber subscriber) {
    return ((PublishedView.Known) subscriber.view()).primaries().getFirst();
  }
}

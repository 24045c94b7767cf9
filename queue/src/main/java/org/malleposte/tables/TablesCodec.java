package org.malleposte.tables;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.malleposte.format.FormatException;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.tables.RoutingOptions.DelayChecks;

/**
 * A primary's tables as bytes. The same tables give the same bytes, so that their digest names
 * them.
 *
 * <p>Format 1.0: major, minor, then the tables field by field, the accounts, the lines of
 * credentials. A newer minor adds fields at the end, which are skipped; a newer major is refused.
 */
final class TablesCodec {
  static final int MAJOR = 1;
  static final int MINOR = 0;

  private static final int MAX_NAME_BYTES = 4096;

  /** A path for each file of aliases. */
  private static final int MAX_FILES_BYTES = TableSource.MAX_ALIAS_FILES * MAX_NAME_BYTES;

  private static final int MAX_ACCOUNTS = 10_000_000;
  private static final int MAX_CREDENTIALS_BYTES = 256 << 20;
  private static final int MAX_ALIAS_DEPTH = 10_000;

  private TablesCodec() {}

  static byte[] encode(TableSet tables, Set<AccountName> accounts, byte[] credentials) {
    var out = new RecordWriter(tables.aliases().aliases().bytes().length * 2 + 1024);
    out.u8(MAJOR).u8(MINOR).text(tables.ownName().name());
    table(out, tables.localHostNames().listed());
    table(out, tables.localHostNames().own());
    table(out, tables.ownDomains());
    table(out, tables.relayDomains().listed());
    table(out, tables.relayDomains().added());
    out.flag(tables.relayDomains().hostsOnly());
    table(out, tables.access().lines());
    AccessTable.Options access = tables.access().options();
    out.flag(access.skip()).flag(access.lookUpDotDomain()).flag(access.relayToFullAddress());
    table(out, tables.virtUsers().lines());
    table(out, tables.virtUsers().domains());
    out.flag(tables.virtUsers().entireDomain());
    table(out, tables.aliases().aliases());
    table(out, tables.aliases().includes());
    options(out, tables.options());
    out.varint(accounts.size());
    new TreeSet<>(accounts).forEach(name -> out.text(name.value()));
    return out.bytes(credentials).toBytes();
  }

  /**
   * @throws FormatException when the bytes are damaged or of a newer major
   */
  static PublishedTables decode(NodeName primary, byte[] bytes) {
    var in = new RecordReader(bytes);
    int major = in.u8();
    if (major != MAJOR) {
      throw new FormatException(
          "tables of " + primary + " are in format " + major + ", this program knows " + MAJOR);
    }
    in.u8();
    try {
      TableSet tables = tables(primary, in);
      int count = in.count(MAX_ACCOUNTS);
      var accounts = new HashSet<AccountName>();
      for (int i = 0; i < count; i++) {
        accounts.add(new AccountName(in.text(MAX_NAME_BYTES)));
      }
      return new PublishedTables(primary, tables, accounts, in.bytes(MAX_CREDENTIALS_BYTES));
    } catch (IllegalArgumentException e) {
      throw new FormatException("damaged tables of " + primary, e);
    }
  }

  private static TableSet tables(NodeName primary, RecordReader in) {
    return new TableSet(
        new Domain(in.text(MAX_NAME_BYTES)),
        new LocalHostNames(table(primary, in), table(primary, in)),
        table(primary, in),
        new RelayDomains(table(primary, in), table(primary, in), in.flag()),
        new AccessTable(
            table(primary, in), new AccessTable.Options(in.flag(), in.flag(), in.flag())),
        new VirtUserTable(table(primary, in), table(primary, in), in.flag()),
        new AliasTable(table(primary, in), table(primary, in), List.of()),
        options(in),
        OwnPolicy.NONE);
  }

  private static void table(RecordWriter out, LineTable table) {
    out.text(table.files()).bytes(table.bytes());
  }

  /** Evidence from another node's file says whose it is. */
  private static LineTable table(NodeName primary, RecordReader in) {
    String files = in.text(MAX_FILES_BYTES);
    return LineTable.ofBytes(primary + "/", files, in.bytes(LineTable.MAX_BYTES));
  }

  private static void options(RecordWriter out, RoutingOptions options) {
    out.text(options.delayChecks().name())
        .flag(options.refuseRecipients())
        .flag(options.relayEntireDomain())
        .flag(options.looseRelayCheck())
        .flag(options.percentHack())
        .flag(options.bangPath())
        .varint(options.maxAliasDepth());
    reply(out, options.relayMessage());
    reply(out, options.rejectMessage());
    reply(out, options.recipientMessage());
  }

  private static RoutingOptions options(RecordReader in) {
    return new RoutingOptions(
        DelayChecks.valueOf(in.text(MAX_NAME_BYTES)),
        in.flag(),
        in.flag(),
        in.flag(),
        in.flag(),
        in.flag(),
        in.count(MAX_ALIAS_DEPTH),
        reply(in),
        reply(in),
        reply(in));
  }

  private static void reply(RecordWriter out, Optional<ReplyText> reply) {
    out.flag(reply.isPresent());
    reply.ifPresent(r -> out.varint(r.code()).text(r.status().toString()).text(r.text()));
  }

  private static Optional<ReplyText> reply(RecordReader in) {
    return in.flag()
        ? Optional.of(
            new ReplyText(
                in.count(599),
                EnhancedStatus.parse(in.text(MAX_NAME_BYTES)),
                in.text(MAX_NAME_BYTES)))
        : Optional.empty();
  }
}

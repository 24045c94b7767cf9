package org.malleposte.spool;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import org.malleposte.link.NodeName;
import org.malleposte.mail.AccountName;
import org.malleposte.mail.Domain;
import org.malleposte.mail.DsnRequest;
import org.malleposte.mail.EmailAddress;
import org.malleposte.mail.EnhancedStatus;
import org.malleposte.mail.Envelope;
import org.malleposte.mail.QueueId;
import org.malleposte.mail.ReversePath;
import org.malleposte.routing.Target;
import org.malleposte.spool.SpoolEntry.Delivery;
import org.malleposte.spool.SpoolEntry.State;
import org.malleposte.spool.SpoolRecord.Origin;
import org.malleposte.spool.SpoolRecord.Warning;

/**
 * A {@link SpoolRecord} as bytes, on disk and between nodes: major and minor (a byte each), then
 * the fields. What a newer minor wrote behind them is kept when the record is written again.
 *
 * <p>Minor 1 added, behind all that minor 0 had, {@link Envelope#smtpUtf8} and {@link
 * Envelope#dsn}, and which deliveries are {@link State.Confirming}. Minor 2 added, behind that,
 * {@link Target#owner}.
 */
public final class SpoolCodec {
  static final int MAJOR = 1;
  static final int MINOR = 2;

  /** Of one record: an envelope beyond it is refused before it is committed. */
  public static final int MAX_RECORD_BYTES = 2 << 20;

  private static final byte[] NOTHING = {};
  private static final int NOTIFY_SAID = 1;
  private static final int NOTIFY_SUCCESS = 2;
  private static final int NOTIFY_FAILURE = 4;
  private static final int NOTIFY_DELAY = 8;

  /**
   * @param minor that wrote it
   * @param rest fields this program does not know
   */
  record Stored(SpoolRecord record, int minor, byte[] rest) {
    Stored with(SpoolRecord changed) {
      return new Stored(changed, minor, rest);
    }
  }

  private SpoolCodec() {}

  public static byte[] encode(SpoolRecord record) {
    return encode(new Stored(record, MINOR, NOTHING));
  }

  static byte[] encode(Stored stored) {
    var bytes = new ByteArrayOutputStream(512);
    try (var out = new DataOutputStream(bytes)) {
      out.writeByte(MAJOR);
      out.writeByte(stored.minor());
      write(out, stored.record());
      if (stored.minor() >= 1) {
        writeExtensions(out, stored.record().entry());
      }
      if (stored.minor() >= 2) {
        writeOwners(out, stored.record().entry().deliveries());
      }
      out.write(stored.rest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * @throws IllegalArgumentException for bytes that are no record, or of a newer major
   */
  public static SpoolRecord decode(byte[] bytes) {
    return decodeStored(bytes).record();
  }

  static Stored decodeStored(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int major = in.readUnsignedByte();
      if (major != MAJOR) {
        throw new IllegalArgumentException("spool record format " + major + " is not known here");
      }
      int minor = in.readUnsignedByte();
      var record = readRecord(in);
      if (minor >= 1) {
        record = readExtensions(in, record);
      }
      if (minor >= 2) {
        record = record.withEntry(readOwners(in, record.entry()));
      }
      return new Stored(record, minor, in.readAllBytes());
    } catch (IOException e) {
      throw new IllegalArgumentException("spool record is cut off", e);
    }
  }

  private static void write(DataOutputStream out, SpoolRecord record) throws IOException {
    var entry = record.entry();
    out.writeUTF(entry.id().value());
    write(out, entry.envelope());
    out.writeInt(entry.deliveries().size());
    for (var delivery : entry.deliveries()) {
      write(out, delivery.target());
      write(out, delivery.state());
    }
    out.writeLong(entry.sizeBytes());
    out.writeInt(entry.attempts());
    out.writeLong(entry.nextAttempt().toEpochMilli());
    out.writeBoolean(entry.held());
    out.writeByte(record.holders().size());
    for (var holder : record.holders()) {
      out.writeUTF(holder.node().value());
      out.writeUTF(holder.spoolId());
    }
    out.writeLong(record.stamp());
    write(out, record.origin());
    write(out, record.warning());
  }

  private static SpoolRecord readRecord(DataInputStream in) throws IOException {
    var id = new QueueId(in.readUTF());
    var envelope = readEnvelope(in);
    int count = in.readInt();
    var deliveries = new ArrayList<Delivery>();
    for (int i = 0; i < count; i++) {
      deliveries.add(new Delivery(readTarget(in), readState(in)));
    }
    var entry =
        new SpoolEntry(
            id,
            envelope,
            deliveries,
            in.readLong(),
            in.readInt(),
            Instant.ofEpochMilli(in.readLong()),
            in.readBoolean());
    int holderCount = in.readUnsignedByte();
    var holders = new ArrayList<Holder>();
    for (int i = 0; i < holderCount; i++) {
      holders.add(new Holder(new NodeName(in.readUTF()), in.readUTF()));
    }
    return new SpoolRecord(entry, holders, in.readLong(), readOrigin(in), readWarning(in));
  }

  private static void write(DataOutputStream out, Envelope envelope) throws IOException {
    writeOptional(out, envelope.from().address());
    out.writeInt(envelope.recipients().size());
    for (var recipient : envelope.recipients()) {
      write(out, recipient);
    }
    out.writeUTF(envelope.client().address());
    out.writeUTF(envelope.client().helo());
    out.writeUTF(envelope.client().protocol());
    out.writeByte(
        switch (envelope.body()) {
          case SEVEN_BIT -> 0;
          case EIGHT_BIT_MIME -> 1;
          case BINARY_MIME -> 2;
        });
    out.writeUTF(envelope.authenticated().map(AccountName::value).orElse(""));
  }

  private static Envelope readEnvelope(DataInputStream in) throws IOException {
    var from = readOptional(in).map(ReversePath::of).orElse(ReversePath.NULL);
    int count = in.readInt();
    List<EmailAddress> recipients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      recipients.add(readAddress(in));
    }
    var client = new Envelope.Client(in.readUTF(), in.readUTF(), in.readUTF());
    var body =
        switch (in.readUnsignedByte()) {
          case 0 -> Envelope.BodyType.SEVEN_BIT;
          case 1 -> Envelope.BodyType.EIGHT_BIT_MIME;
          case 2 -> Envelope.BodyType.BINARY_MIME;
          default -> throw new IllegalArgumentException("unknown body type");
        };
    var account = in.readUTF();
    return new Envelope(
        from,
        recipients,
        client,
        body,
        account.isEmpty() ? Optional.empty() : Optional.of(new AccountName(account)));
  }

  private static void writeExtensions(DataOutputStream out, SpoolEntry entry) throws IOException {
    var envelope = entry.envelope();
    var dsn = envelope.dsn();
    out.writeBoolean(envelope.smtpUtf8());
    out.writeByte(
        switch (dsn.returned()) {
          case UNSAID -> 0;
          case FULL -> 1;
          case HEADERS -> 2;
        });
    out.writeUTF(dsn.envelopeId().orElse(""));
    // In the order of the recipients: the same record gives the same bytes.
    var spoken = envelope.recipients().stream().distinct().filter(dsn.recipients()::containsKey);
    var recipients = spoken.toList();
    out.writeInt(recipients.size());
    for (var recipient : recipients) {
      write(out, recipient);
      out.writeByte(dsn.of(recipient).wishes().map(SpoolCodec::bits).orElse(0));
      out.writeUTF(dsn.of(recipient).original().orElse(""));
    }
    writeConfirming(out, entry.deliveries());
  }

  private static void writeConfirming(DataOutputStream out, List<Delivery> deliveries)
      throws IOException {
    var confirming = deliveries.stream().filter(d -> d.state() instanceof State.Confirming);
    out.writeInt((int) confirming.count());
    for (int i = 0; i < deliveries.size(); i++) {
      if (deliveries.get(i).state() instanceof State.Confirming(var relayed, var text, var id)) {
        out.writeInt(i);
        out.writeBoolean(relayed);
        out.writeUTF(text);
        out.writeUTF(id.value());
      }
    }
  }

  private static List<Delivery> readConfirming(DataInputStream in, List<Delivery> deliveries)
      throws IOException {
    var changed = new ArrayList<Delivery>(deliveries);
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      int index = in.readInt();
      if (index < 0 || index >= changed.size()) {
        throw new IllegalArgumentException("no delivery " + index);
      }
      var state = new State.Confirming(in.readBoolean(), in.readUTF(), new QueueId(in.readUTF()));
      changed.set(index, new Delivery(changed.get(index).target(), state));
    }
    return changed;
  }

  private static void writeOwners(DataOutputStream out, List<Delivery> deliveries)
      throws IOException {
    out.writeInt((int) deliveries.stream().filter(d -> d.target().owner().isPresent()).count());
    for (int i = 0; i < deliveries.size(); i++) {
      var owner = deliveries.get(i).target().owner();
      if (owner.isPresent()) {
        out.writeInt(i);
        write(out, owner.get());
      }
    }
  }

  private static SpoolEntry readOwners(DataInputStream in, SpoolEntry entry) throws IOException {
    var deliveries = new ArrayList<Delivery>(entry.deliveries());
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      int index = in.readInt();
      var owner = Optional.of(readAddress(in));
      var delivery = deliveries.get(index);
      var target =
          switch (delivery.target()) {
            case Target.Local(var account, var original, _) ->
                new Target.Local(account, original, owner);
            case Target.Remote(var address, var original, _) ->
                new Target.Remote(address, original, owner);
          };
      deliveries.set(index, new Delivery(target, delivery.state()));
    }
    return entry.withDeliveries(deliveries);
  }

  private static SpoolRecord readExtensions(DataInputStream in, SpoolRecord record)
      throws IOException {
    boolean smtpUtf8 = in.readBoolean();
    var returned =
        switch (in.readUnsignedByte()) {
          case 0 -> DsnRequest.Returned.UNSAID;
          case 1 -> DsnRequest.Returned.FULL;
          case 2 -> DsnRequest.Returned.HEADERS;
          default -> throw new IllegalArgumentException("unknown RET");
        };
    var envelopeId = optional(in.readUTF());
    int count = in.readInt();
    var recipients = new HashMap<EmailAddress, DsnRequest.OfRecipient>();
    for (int i = 0; i < count; i++) {
      var recipient = readAddress(in);
      recipients.put(
          recipient,
          new DsnRequest.OfRecipient(notify(in.readUnsignedByte()), optional(in.readUTF())));
    }
    var entry = record.entry();
    var envelope =
        entry.envelope().with(smtpUtf8, new DsnRequest(returned, envelopeId, recipients));
    return record.withEntry(
        new SpoolEntry(
            entry.id(),
            envelope,
            readConfirming(in, entry.deliveries()),
            entry.sizeBytes(),
            entry.attempts(),
            entry.nextAttempt(),
            entry.held()));
  }

  private static int bits(DsnRequest.Notify notify) {
    return NOTIFY_SAID
        | (notify.success() ? NOTIFY_SUCCESS : 0)
        | (notify.failure() ? NOTIFY_FAILURE : 0)
        | (notify.delay() ? NOTIFY_DELAY : 0);
  }

  private static Optional<DsnRequest.Notify> notify(int bits) {
    return (bits & NOTIFY_SAID) == 0
        ? Optional.empty()
        : Optional.of(
            new DsnRequest.Notify(
                (bits & NOTIFY_SUCCESS) != 0,
                (bits & NOTIFY_FAILURE) != 0,
                (bits & NOTIFY_DELAY) != 0));
  }

  private static Optional<String> optional(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static void write(DataOutputStream out, Target target) throws IOException {
    switch (target) {
      case Target.Local(var account, var original, _) -> {
        out.writeByte(0);
        out.writeUTF(account.value());
        write(out, original);
      }
      case Target.Remote(var address, var original, _) -> {
        out.writeByte(1);
        write(out, address);
        write(out, original);
      }
    }
  }

  private static Target readTarget(DataInputStream in) throws IOException {
    return switch (in.readUnsignedByte()) {
      case 0 -> new Target.Local(new AccountName(in.readUTF()), readAddress(in));
      case 1 -> new Target.Remote(readAddress(in), readAddress(in));
      default -> throw new IllegalArgumentException("unknown target");
    };
  }

  private static void write(DataOutputStream out, State state) throws IOException {
    switch (state) {
      case State.Pending(var lastError) -> {
        out.writeByte(0);
        out.writeUTF(lastError);
      }
      case State.Delivered _ -> out.writeByte(1);
      case State.Failed(var status, var text) -> {
        out.writeByte(2);
        out.writeUTF(status.toString());
        out.writeUTF(text);
      }
      case State.Bouncing(var status, var text, var report) -> {
        out.writeByte(3);
        out.writeUTF(status.toString());
        out.writeUTF(text);
        out.writeUTF(report.value());
      }
      // What it means beyond that stands among the extensions: minor 0 reads only this.
      case State.Confirming _ -> out.writeByte(1);
    }
  }

  private static State readState(DataInputStream in) throws IOException {
    return switch (in.readUnsignedByte()) {
      case 0 -> new State.Pending(in.readUTF());
      case 1 -> new State.Delivered();
      case 2 -> new State.Failed(EnhancedStatus.parse(in.readUTF()), in.readUTF());
      case 3 ->
          new State.Bouncing(
              EnhancedStatus.parse(in.readUTF()), in.readUTF(), new QueueId(in.readUTF()));
      default -> throw new IllegalArgumentException("unknown delivery state");
    };
  }

  private static void write(DataOutputStream out, Origin origin) throws IOException {
    switch (origin) {
      case Origin.Accepted _ -> out.writeByte(0);
      case Origin.Flushed(var from) -> {
        out.writeByte(1);
        out.writeUTF(from.value());
      }
      case Origin.Adopted(var owner, var spoolId) -> {
        out.writeByte(2);
        out.writeUTF(owner.value());
        out.writeUTF(spoolId);
      }
    }
  }

  private static Origin readOrigin(DataInputStream in) throws IOException {
    return switch (in.readUnsignedByte()) {
      case 0 -> new Origin.Accepted();
      case 1 -> new Origin.Flushed(new NodeName(in.readUTF()));
      case 2 -> new Origin.Adopted(new NodeName(in.readUTF()), in.readUTF());
      default -> throw new IllegalArgumentException("unknown origin");
    };
  }

  private static void write(DataOutputStream out, Warning warning) throws IOException {
    switch (warning) {
      case Warning.NotYet _ -> out.writeByte(0);
      case Warning.Due(var report) -> {
        out.writeByte(1);
        out.writeUTF(report.value());
      }
      case Warning.Given _ -> out.writeByte(2);
    }
  }

  private static Warning readWarning(DataInputStream in) throws IOException {
    return switch (in.readUnsignedByte()) {
      case 0 -> new Warning.NotYet();
      case 1 -> new Warning.Due(new QueueId(in.readUTF()));
      case 2 -> new Warning.Given();
      default -> throw new IllegalArgumentException("unknown warning");
    };
  }

  private static void write(DataOutputStream out, EmailAddress address) throws IOException {
    out.writeUTF(address.localPart());
    out.writeUTF(address.domain().name());
  }

  private static EmailAddress readAddress(DataInputStream in) throws IOException {
    return new EmailAddress(in.readUTF(), new Domain(in.readUTF()));
  }

  private static void writeOptional(DataOutputStream out, Optional<EmailAddress> address)
      throws IOException {
    out.writeBoolean(address.isPresent());
    if (address.isPresent()) {
      write(out, address.get());
    }
  }

  private static Optional<EmailAddress> readOptional(DataInputStream in) throws IOException {
    return in.readBoolean() ? Optional.of(readAddress(in)) : Optional.empty();
  }
}

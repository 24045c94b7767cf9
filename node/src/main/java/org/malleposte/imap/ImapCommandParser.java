package org.malleposte.imap;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.malleposte.imap.ImapCommand.Access;
import org.malleposte.imap.ImapCommand.StoreHow;

/** Understands one command (RFC 3501 §6, §9). Pure; the command's size bounds the work. */
final class ImapCommandParser {
  /** What came of it. */
  sealed interface Parsed {
    String tag();

    record Understood(String tag, ImapCommand command) implements Parsed {}

    /** {@code *} stands for a tag that could not be read. */
    record NotUnderstood(String tag, ImapReply reply) implements Parsed {}
  }

  private static final Set<String> WITH_UID =
      Set.of("FETCH", "STORE", "COPY", "MOVE", "SEARCH", "SORT", "THREAD", "EXPUNGE", "REPLACE");

  private final CommandCursor cursor;

  private ImapCommandParser(FramedCommand command) {
    cursor = new CommandCursor(command);
  }

  static Parsed parse(FramedCommand command) {
    var parser = new ImapCommandParser(command);
    String tag = "*";
    try {
      tag = parser.cursor.tag();
      parser.cursor.space();
      return new Parsed.Understood(tag, parser.command());
    } catch (ImapSyntaxException e) {
      return new Parsed.NotUnderstood(tag, e.reply());
    }
  }

  /**
   * The tag and the name of a command of which only the beginning is there.
   *
   * @param bare nothing follows the name, up to the literal that does
   */
  record Beginning(String tag, String name, boolean bare) {}

  static Beginning beginning(FramedCommand command) {
    var cursor = new CommandCursor(command);
    String tag = "*";
    try {
      tag = cursor.tag();
      cursor.space();
      String name = cursor.atom().toUpperCase(Locale.ROOT);
      skipSpaces(cursor);
      if (name.equals("UID") && cursor.takeWord("REPLACE ")) {
        name = "REPLACE";
        skipSpaces(cursor);
      }
      if (name.equals("REPLACE") && !cursor.atEnd()) {
        // Which message; what follows is as with APPEND.
        SequenceSetParser.parse(cursor);
        skipSpaces(cursor);
      }
      return new Beginning(tag, name, cursor.atEnd());
    } catch (ImapSyntaxException e) {
      return new Beginning(tag, "", false);
    }
  }

  private static void skipSpaces(CommandCursor cursor) {
    while (cursor.take(' ')) {
      // More than one space is not for us to judge.
    }
  }

  private ImapCommand command() throws ImapSyntaxException {
    String name = cursor.atom().toUpperCase(Locale.ROOT);
    ImapCommand command = name.equals("UID") ? withUid() : named(name);
    cursor.end();
    return command;
  }

  private ImapCommand withUid() throws ImapSyntaxException {
    cursor.space();
    String name = cursor.atom().toUpperCase(Locale.ROOT);
    if (!WITH_UID.contains(name)) {
      throw new ImapSyntaxException("Unknown UID command");
    }
    if (name.equals("EXPUNGE")) {
      cursor.space();
      return new ImapCommand.UidExpunge(SequenceSetParser.parse(cursor));
    }
    return name.equals("REPLACE") ? replace(Numbering.UID) : numbered(name, Numbering.UID);
  }

  private ImapCommand named(String name) throws ImapSyntaxException {
    return switch (name) {
      case "CAPABILITY" -> new ImapCommand.Capability();
      case "NOOP" -> new ImapCommand.Noop();
      case "LOGOUT" -> new ImapCommand.Logout();
      case "STARTTLS" -> new ImapCommand.StartTls();
      case "NAMESPACE" -> new ImapCommand.Namespace();
      case "IDLE" -> new ImapCommand.Idle();
      case "CHECK" -> new ImapCommand.Check();
      case "CLOSE" -> new ImapCommand.Close();
      case "UNAUTHENTICATE" -> new ImapCommand.Unauthenticate();
      case "UNSELECT" -> new ImapCommand.Unselect();
      case "EXPUNGE" -> new ImapCommand.Expunge();
      case "FETCH", "STORE", "COPY", "MOVE", "SEARCH", "SORT", "THREAD" ->
          numbered(name, Numbering.SEQUENCE);
      default -> withArguments(name);
    };
  }

  private ImapCommand withArguments(String name) throws ImapSyntaxException {
    return switch (name) {
      case "ID" -> id();
      case "LOGIN" -> new ImapCommand.Login(utf8(argument()), utf8(argument()));
      case "AUTHENTICATE" -> authenticate();
      case "COMPRESS" -> compress();
      case "ENABLE" -> enable();
      case "LIST" -> new ListCommandParser(cursor).parse();
      case "LSUB" -> new ImapCommand.ListSubscribed(mailbox(), pattern());
      case "CREATE" -> new ImapCommand.Create(mailbox(), uses());
      case "DELETE" -> new ImapCommand.Delete(mailbox());
      case "RENAME" -> new ImapCommand.Rename(mailbox(), mailbox());
      case "SUBSCRIBE" -> new ImapCommand.Subscribe(mailbox());
      case "UNSUBSCRIBE" -> new ImapCommand.Unsubscribe(mailbox());
      case "STATUS" -> status();
      case "SELECT" -> select(Access.READ_WRITE);
      case "EXAMINE" -> select(Access.READ_ONLY);
      case "GETQUOTA" -> new ImapCommand.GetQuota(quotaRoot());
      case "GETQUOTAROOT" -> new ImapCommand.GetQuotaRoot(mailbox());
      case "SETQUOTA" -> setQuota();
      case "APPEND" -> append();
      case "REPLACE" -> replace(Numbering.SEQUENCE);
      case "GETMETADATA" -> getMetadata();
      case "SETMETADATA" -> new MetadataParser(cursor).values(mailbox());
      default -> throw new ImapSyntaxException("Unknown command");
    };
  }

  private ImapCommand numbered(String name, Numbering numbering) throws ImapSyntaxException {
    cursor.space();
    return switch (name) {
      case "SEARCH" -> search(numbering);
      case "SORT" -> sort(numbering);
      case "THREAD" -> thread(numbering);
      default -> onMessages(name, numbering);
    };
  }

  private ImapCommand search(Numbering numbering) throws ImapSyntaxException {
    Optional<SearchReturn> wanted = SearchReturn.parse(cursor);
    return new ImapCommand.Search(numbering, new SearchKeyParser(cursor).parse(), wanted);
  }

  private ImapCommand sort(Numbering numbering) throws ImapSyntaxException {
    Optional<SearchReturn> wanted = SearchReturn.parse(cursor);
    List<SortKey> order = SortKey.parse(cursor);
    cursor.space();
    SearchKey key = new SearchKeyParser(cursor).parseWithCharset();
    return new ImapCommand.Sort(numbering, order, key, wanted);
  }

  private ImapCommand thread(Numbering numbering) throws ImapSyntaxException {
    ThreadAlgorithm algorithm = ThreadAlgorithm.parse(cursor);
    cursor.space();
    SearchKey key = new SearchKeyParser(cursor).parseWithCharset();
    return new ImapCommand.Thread(numbering, algorithm, key);
  }

  private String quotaRoot() throws ImapSyntaxException {
    cursor.space();
    return decoded(cursor.astring());
  }

  /** {@code root (STORAGE 512)}: understood, so that it can be refused as what it is. */
  private ImapCommand setQuota() throws ImapSyntaxException {
    String root = quotaRoot();
    cursor.space();
    cursor.list(
        ImapLimits.QUOTA_RESOURCES_MAX,
        () -> {
          String resource = cursor.atom();
          cursor.space();
          return resource + cursor.bigNumber();
        });
    return new ImapCommand.SetQuota(root);
  }

  private ImapCommand onMessages(String name, Numbering numbering) throws ImapSyntaxException {
    SequenceSet set = SequenceSetParser.parse(cursor);
    return switch (name) {
      case "FETCH" -> fetch(numbering, set);
      case "STORE" -> store(numbering, set);
      case "COPY" -> new ImapCommand.Copy(numbering, set, mailbox());
      case "MOVE" -> new ImapCommand.Move(numbering, set, mailbox());
      default -> throw new ImapSyntaxException("Unknown command");
    };
  }

  private ImapCommand fetch(Numbering numbering, SequenceSet set) throws ImapSyntaxException {
    cursor.space();
    List<FetchItem> items = new FetchItemParser(cursor).parse();
    if (items.isEmpty()) {
      throw new ImapSyntaxException("Nothing to fetch");
    }
    if (!cursor.take(' ')) {
      return new ImapCommand.Fetch(
          numbering, set, items, OptionalLong.empty(), false, Optional.empty());
    }
    return new FetchModifierParser(cursor).parse(numbering, set, items);
  }

  private ImapCommand store(Numbering numbering, SequenceSet set) throws ImapSyntaxException {
    cursor.space();
    OptionalLong unchangedSince = OptionalLong.empty();
    if (cursor.peek() == '(') {
      unchangedSince = modifier("UNCHANGEDSINCE");
      cursor.space();
    }
    StoreHow how = StoreHow.REPLACE;
    if (cursor.take('+')) {
      how = StoreHow.ADD;
    } else if (cursor.take('-')) {
      how = StoreHow.REMOVE;
    }
    String name = cursor.atom().toUpperCase(Locale.ROOT);
    if (!name.equals("FLAGS") && !name.equals("FLAGS.SILENT")) {
      throw new ImapSyntaxException("Unknown STORE item");
    }
    cursor.space();
    List<String> flags = cursor.peek() == '(' ? flagList() : bareFlags();
    boolean silent = name.endsWith(".SILENT");
    return new ImapCommand.Store(numbering, set, how, silent, flags, unchangedSince);
  }

  /** {@code (CHANGEDSINCE n)} (RFC 7162 §3.1). */
  private OptionalLong modifier(String name) throws ImapSyntaxException {
    cursor.expect('(');
    if (!cursor.atom().equalsIgnoreCase(name)) {
      throw new ImapSyntaxException("Unknown modifier");
    }
    cursor.space();
    long modSeq = cursor.bigNumber();
    cursor.expect(')');
    return OptionalLong.of(modSeq);
  }

  private List<String> flagList() throws ImapSyntaxException {
    return cursor.list(ImapLimits.KEYWORDS_MAX, cursor::flag);
  }

  private List<String> bareFlags() throws ImapSyntaxException {
    var flags = new java.util.ArrayList<String>();
    do {
      flags.add(cursor.flag());
    } while (cursor.take(' '));
    return flags;
  }

  private ImapCommand append() throws ImapSyntaxException {
    return new ImapCommand.Append(mailbox(), new NewMessageParser(cursor).all());
  }

  /** {@code message mailbox [flags] [date] literal} (RFC 8508 §4). */
  private ImapCommand replace(Numbering numbering) throws ImapSyntaxException {
    cursor.space();
    SequenceSet message = SequenceSetParser.parse(cursor);
    boolean one =
        message.ranges().size() == 1
            && message.ranges().getFirst().from() == message.ranges().getFirst().to();
    if (!one) {
      throw new ImapSyntaxException("One message can be replaced");
    }
    String mailbox = mailbox();
    cursor.space();
    return new ImapCommand.Replace(numbering, message, mailbox, new NewMessageParser(cursor).one());
  }

  private ImapCommand getMetadata() throws ImapSyntaxException {
    var parser = new MetadataParser(cursor);
    parser.options();
    return parser.entries(mailbox());
  }

  private ImapCommand id() throws ImapSyntaxException {
    cursor.space();
    if (cursor.peek() != '(') {
      cursor.nstring();
      return new ImapCommand.Id(List.of());
    }
    return new ImapCommand.Id(cursor.list(2 * ImapLimits.ID_FIELDS_MAX, cursor::nstring));
  }

  private ImapCommand authenticate() throws ImapSyntaxException {
    cursor.space();
    String mechanism = cursor.atom().toUpperCase(Locale.ROOT);
    Optional<String> initial = Optional.empty();
    if (cursor.take(' ')) {
      initial = Optional.of(cursor.astring());
    }
    return new ImapCommand.Authenticate(mechanism, initial);
  }

  private ImapCommand compress() throws ImapSyntaxException {
    cursor.space();
    return new ImapCommand.Compress(cursor.atom().toUpperCase(Locale.ROOT));
  }

  private ImapCommand enable() throws ImapSyntaxException {
    var capabilities = new java.util.ArrayList<String>();
    cursor.space();
    do {
      capabilities.add(cursor.atom().toUpperCase(Locale.ROOT));
    } while (cursor.take(' '));
    return new ImapCommand.Enable(capabilities);
  }

  private ImapCommand status() throws ImapSyntaxException {
    String mailbox = mailbox();
    cursor.space();
    return new ImapCommand.Status(mailbox, StatusItem.parse(cursor));
  }

  /** {@code (USE (\Sent))} (RFC 6154 §6). */
  private List<String> uses() throws ImapSyntaxException {
    if (!cursor.take(' ') || cursor.atEnd()) {
      return List.of();
    }
    cursor.expect('(');
    if (!cursor.atom().equalsIgnoreCase("USE")) {
      throw new ImapSyntaxException("Unknown CREATE parameter");
    }
    cursor.space();
    List<String> uses = cursor.list(ImapLimits.USES_MAX, cursor::flag);
    cursor.expect(')');
    return uses;
  }

  private ImapCommand select(Access access) throws ImapSyntaxException {
    String mailbox = mailbox();
    return new SelectParameterParser(cursor).parse(mailbox, access);
  }

  private String argument() throws ImapSyntaxException {
    cursor.space();
    return cursor.astring();
  }

  private String mailbox() throws ImapSyntaxException {
    cursor.space();
    return decoded(cursor.astring());
  }

  private String pattern() throws ImapSyntaxException {
    cursor.space();
    String written = cursor.listPattern();
    // What no name is written as finds nothing, which is an answer and no error.
    return ModifiedUtf7.decode(written).orElse(written);
  }

  private static String decoded(String name) throws ImapSyntaxException {
    return ModifiedUtf7.decode(name)
        .orElseThrow(() -> new ImapSyntaxException(ImapReplies.BAD_NAME));
  }

  private static String utf8(String bytes) {
    return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}

package org.malleposte.account;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.malleposte.mail.AccountName;

/**
 * Dovecot's passwd-file: {@code name:{SCHEME}hash:uid:gid:gecos:home:shell:extra fields}. The
 * fields behind the password are kept, not used, but for {@code nologin}. Immutable.
 *
 * <p>A user whose password cannot be used still is a user, who gets mail and cannot log in.
 */
public final class PasswdFile {
  public static final int MAX_BYTES = 64 << 20;
  public static final int MAX_LINE_CHARACTERS = 8192;
  public static final PasswdFile EMPTY = new PasswdFile("", Map.of(), List.of());

  /**
   * One user.
   *
   * @param rest the fields behind the password as written, without the colon before them
   */
  public record Entry(AccountName name, Credential credential, String rest) {
    /** What stands behind the shell: names with their values, empty without one. */
    public Map<String, String> extraFields() {
      String[] fields = rest.split(":", 6);
      var extra = new LinkedHashMap<String, String>();
      if (fields.length == 6) {
        for (String field : fields[5].split(" ")) {
          String[] pair = field.split("=", 2);
          if (!pair[0].isEmpty()) {
            extra.put(pair[0], pair.length == 2 ? pair[1] : "");
          }
        }
      }
      return extra;
    }

    /** The fields that other nodes need as well, as they stand behind the password. */
    private String published() {
      var quota = new ArrayList<String>();
      extraFields()
          .forEach(
              (name, value) -> {
                if (name.startsWith("userdb_quota_rule")) {
                  quota.add(name + "=" + value);
                }
              });
      return quota.isEmpty() ? "" : ":::::" + String.join(" ", quota);
    }
  }

  /**
   * A mistake in the file.
   *
   * @param line from 1
   * @param fatal the line could not be used; otherwise it was, and not in full
   */
  public record Problem(String file, int line, boolean fatal, String what, String remedy) {
    @Override
    public String toString() {
      return file + ":" + line + ": " + what + ", " + remedy;
    }
  }

  private final String file;
  private final Map<AccountName, Entry> entries;
  private final List<Problem> problems;

  PasswdFile(String file, Map<AccountName, Entry> entries, List<Problem> problems) {
    this.file = file;
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    this.problems = List.copyOf(problems);
  }

  /** Reads the file; a missing one is empty. Blocks. */
  public static PasswdFile read(Path path) throws IOException {
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new IOException(path + " is over " + MAX_BYTES + " bytes");
      }
      return parse(path.toString(), Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      return EMPTY;
    }
  }

  /**
   * @param file its name in problems
   */
  public static PasswdFile parse(String file, byte[] bytes) {
    return new PasswdFileParser(file).parse(new String(bytes, StandardCharsets.UTF_8));
  }

  public Optional<Entry> entry(AccountName name) {
    return Optional.ofNullable(entries.get(name));
  }

  public Optional<Credential> credential(AccountName name) {
    return Optional.ofNullable(entries.get(name)).map(Entry::credential);
  }

  /** In the order of the file. */
  public Set<AccountName> names() {
    return entries.keySet();
  }

  public List<Entry> entries() {
    return List.copyOf(entries.values());
  }

  public List<Problem> problems() {
    return problems;
  }

  /**
   * The same users in a form that may leave this machine: a readable password becomes {SSHA512}.
   * That scheme costs a microsecond, so 10,000 users may be published at every start; it is no
   * defence against guessing, and need not be: who has the primary's disk has the password itself,
   * and who wants it guarded puts a slow hash into the file.
   *
   * @param previous what was published before: a hash in it that still fits is kept, so that the
   *     same file gives the same bytes
   * @param random for the salts
   */
  public PasswdFile publishable(PasswdFile previous, RandomGenerator random) {
    var published = new LinkedHashMap<AccountName, Entry>();
    for (var entry : entries.values()) {
      var credential = entry.credential();
      if (credential.scheme().isReadable()) {
        credential =
            previous
                .credential(entry.name())
                .filter(old -> SaltedSha512.verify(old, entry.credential()))
                .orElseGet(() -> SaltedSha512.hash(entry.credential(), random));
      }
      published.put(entry.name(), new Entry(entry.name(), credential, entry.published()));
    }
    return new PasswdFile(file, published, List.of());
  }

  /** As a file again, one line a user. */
  public byte[] toBytes() {
    var lines = new ArrayList<String>(entries.size());
    for (var entry : entries.values()) {
      String rest = entry.rest().isEmpty() ? "" : ":" + entry.rest();
      lines.add(entry.name() + ":" + entry.credential().text() + rest + "\n");
    }
    return String.join("", lines).getBytes(StandardCharsets.UTF_8);
  }
}

package org.malleposte.tables;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A table in memory: from keys to a text and the line where it stands. Immutable; safe for all
 * threads.
 *
 * <p>A million entries as objects would cost some 200 MB. Here all keys and values lie in one array
 * of bytes, and a hash table of offsets finds them in constant time.
 */
public final class LineTable {
  /** Keys and values of one table, in bytes; offsets are {@code int}. */
  public static final int MAX_BYTES = 1 << 30;

  private static final LineTable EMPTY = new Builder("").build();

  /** From where on the entries are of a file, by its short name. */
  private record Source(int start, String file) {}

  private final List<Source> sources;
  private final byte[] entries;
  private final int[] slots;
  private final int size;

  private LineTable(List<Source> sources, byte[] entries, int[] slots, int size) {
    this.sources = sources;
    this.entries = entries;
    this.slots = slots;
    this.size = size;
  }

  public static LineTable empty() {
    return EMPTY;
  }

  /**
   * The short names of the files that it was read from, as {@link #ofBytes} reads them: the first,
   * then a line for each other, with the place of its first entry.
   */
  String files() {
    var text = new StringBuilder(sources.getFirst().file);
    sources.stream().skip(1).forEach(s -> text.append('\n').append(s.start + " " + s.file));
    return text.toString();
  }

  private String fileAt(int offset) {
    int last = sources.size() - 1;
    while (last > 0 && sources.get(last).start > offset) {
      last--;
    }
    return sources.get(last).file;
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** The entry with this key; case does not matter. */
  public Optional<TableLine> find(String key) {
    if (size == 0) {
      return Optional.empty();
    }
    byte[] bytes = keyBytes(key);
    int slot = slots[slotOf(slots, entries, bytes)];
    return slot == 0 ? Optional.empty() : Optional.of(new Cursor(slot - 1).read());
  }

  public boolean contains(String key) {
    return size > 0 && slots[slotOf(slots, entries, keyBytes(key))] != 0;
  }

  /** All entries in the order of the file. */
  public void forEach(Consumer<TableLine> action) {
    for (Cursor cursor = new Cursor(0); cursor.at < entries.length; ) {
      action.accept(cursor.read());
    }
  }

  /** The entries as {@link #ofBytes} reads them. Not a copy: do not change it. */
  byte[] bytes() {
    return entries;
  }

  /**
   * Reads {@link #bytes}.
   *
   * @param prefix of the files' names, which says whose they are
   * @param files as {@link #files} has them
   * @throws IllegalArgumentException when they are damaged
   */
  static LineTable ofBytes(String prefix, String files, byte[] entries) {
    List<Source> sources = sources(prefix, files);
    var builder = new Builder(sources.getFirst().file);
    var reader = new LineTable(sources, entries, new int[1], 0);
    try {
      for (Cursor cursor = reader.new Cursor(0); cursor.at < entries.length; ) {
        builder.addOf(cursor.read());
      }
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("damaged table " + files, e);
    }
    return builder.build();
  }

  private static List<Source> sources(String prefix, String files) {
    String[] lines = files.split("\n", -1);
    var sources = new ArrayList<Source>();
    sources.add(new Source(0, prefix + lines[0]));
    for (int i = 1; i < lines.length; i++) {
      int space = lines[i].indexOf(' ');
      if (space < 0) {
        throw new IllegalArgumentException("damaged table " + files);
      }
      int start = Integer.parseInt(lines[i].substring(0, space));
      sources.add(new Source(start, prefix + lines[i].substring(space + 1)));
    }
    return List.copyOf(sources);
  }

  private static byte[] keyBytes(String key) {
    return key.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
  }

  /** The slot that holds {@code key}, or the free one where it belongs. */
  private static int slotOf(int[] slots, byte[] entries, byte[] key) {
    int mask = slots.length - 1;
    int hash = hash(key);
    for (int slot = hash & mask; ; slot = (slot + 1) & mask) {
      if (slots[slot] == 0 || hasKey(entries, slots[slot] - 1, key)) {
        return slot;
      }
    }
  }

  private static int hash(byte[] key) {
    int hash = 0x811c9dc5;
    for (byte b : key) {
      hash = (hash ^ (b & 0xff)) * 0x01000193;
    }
    // FNV leaves the low bits weak, and they choose the slot.
    return (hash ^ hash >>> 15) * 0x2c1b3c6d ^ hash >>> 12;
  }

  private static boolean hasKey(byte[] entries, int offset, byte[] key) {
    int at = offset;
    while (entries[at++] < 0) {
      // skips the line number
    }
    int length = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = entries[at++];
      length |= (b & 0x7f) << shift;
      if (b >= 0) {
        break;
      }
    }
    return length == key.length && Arrays.equals(entries, at, at + length, key, 0, length);
  }

  private final class Cursor {
    private int at;

    Cursor(int at) {
      this.at = at;
    }

    TableLine read() {
      int start = at;
      int line = number();
      String key = text();
      return new TableLine(fileAt(start), line, key, text());
    }

    private String text() {
      int length = number();
      if (length < 0 || at + length > entries.length) {
        throw new IndexOutOfBoundsException(at);
      }
      at += length;
      return new String(entries, at - length, length, StandardCharsets.UTF_8);
    }

    private int number() {
      int value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = entries[at++];
        value |= (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }
  }

  /** Collects entries. Not safe for several threads; done after {@link #build}. */
  public static final class Builder {
    private final List<Source> sources = new ArrayList<>();
    private byte[] entries = new byte[1 << 10];
    private int used;
    private int[] slots = new int[1 << 8];
    private int size;
    private boolean replaced;

    public Builder(String file) {
      begin(file);
    }

    /** What is added from now on is of this file. */
    void begin(String file) {
      if (!sources.isEmpty() && sources.getLast().start == used) {
        sources.removeLast();
      }
      // A name is told to other nodes as a line.
      sources.add(new Source(used, file.replace('\n', '?')));
    }

    /** An entry of another table, with its file. */
    private void addOf(TableLine line) {
      if (!sources.getLast().file.equals(line.file())) {
        begin(line.file());
      }
      add(line.line(), line.key(), line.value());
    }

    /**
     * Adds an entry; the first with a key stays, as {@code makemap} has it.
     *
     * @return false when there was one with this key
     * @throws IllegalStateException over {@link #MAX_BYTES}
     */
    public boolean add(int line, String key, String value) {
      byte[] keyBytes = keyBytes(key);
      int slot = slotOf(slots, entries, keyBytes);
      if (slots[slot] != 0) {
        return false;
      }
      append(slot, line, keyBytes, value);
      if (++size * 2 > slots.length) {
        grow();
      }
      return true;
    }

    /**
     * Puts an entry in the place of an earlier one with this key, as {@code newaliases} does.
     *
     * @throws IllegalStateException over {@link #MAX_BYTES}
     */
    public void replace(int line, String key, String value) {
      byte[] keyBytes = keyBytes(key);
      int slot = slotOf(slots, entries, keyBytes);
      if (slots[slot] == 0) {
        throw new IllegalArgumentException("nothing to replace: " + key);
      }
      append(slot, line, keyBytes, value);
      replaced = true;
    }

    private void append(int slot, int line, byte[] keyBytes, String value) {
      byte[] valueBytes = value.getBytes(StandardCharsets.UTF_8);
      reserve(keyBytes.length + valueBytes.length + 15);
      slots[slot] = used + 1;
      number(line);
      bytes(keyBytes);
      bytes(valueBytes);
    }

    /** The entry with this key, which there must be. */
    public TableLine get(String key) {
      int slot = slots[slotOf(slots, entries, keyBytes(key))];
      return new LineTable(sources, entries, slots, size).new Cursor(slot - 1).read();
    }

    /** Whether the entry with this key, which there must be, is of the file that has begun last. */
    boolean isOfThisFile(String key) {
      return slots[slotOf(slots, entries, keyBytes(key))] - 1 >= sources.getLast().start;
    }

    public LineTable build() {
      return replaced ? withoutReplaced() : all();
    }

    private LineTable all() {
      return new LineTable(List.copyOf(sources), Arrays.copyOf(entries, used), slots, size);
    }

    private LineTable withoutReplaced() {
      LineTable all = all();
      var kept = new Builder(sources.getFirst().file);
      for (Cursor cursor = all.new Cursor(0); cursor.at < used; ) {
        int offset = cursor.at;
        TableLine line = cursor.read();
        if (slots[slotOf(slots, entries, keyBytes(line.key()))] == offset + 1) {
          kept.addOf(line);
        }
      }
      return kept.build();
    }

    private void reserve(int more) {
      if (used > MAX_BYTES - more) {
        throw new IllegalStateException("table over " + MAX_BYTES + " bytes: " + sources);
      }
      if (used + more > entries.length) {
        entries = Arrays.copyOf(entries, Math.max(entries.length * 2, used + more));
      }
    }

    private void number(int value) {
      int rest = value;
      while (rest >>> 7 != 0) {
        entries[used++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      entries[used++] = (byte) rest;
    }

    private void bytes(byte[] source) {
      number(source.length);
      System.arraycopy(source, 0, entries, used, source.length);
      used += source.length;
    }

    private void grow() {
      int[] old = slots;
      slots = new int[old.length * 2];
      for (int entry : old) {
        if (entry != 0) {
          slots[freeSlot(entry - 1)] = entry;
        }
      }
    }

    private int freeSlot(int offset) {
      var cursor = new LineTable(sources, entries, slots, size).new Cursor(offset);
      cursor.number();
      int length = cursor.number();
      int mask = slots.length - 1;
      int slot = hash(Arrays.copyOfRange(entries, cursor.at, cursor.at + length)) & mask;
      while (slots[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      return slot;
    }
  }
}

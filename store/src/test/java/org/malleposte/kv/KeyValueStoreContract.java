package org.malleposte.kv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.malleposte.kv.KeyValueStore.Sync;

/** What every {@link KeyValueStore} does. */
abstract class KeyValueStoreContract {
  KeyValueStore store;

  abstract KeyValueStore open();

  @BeforeEach
  void openStore() {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  void put(String... keysAndValues) {
    var batch = new WriteBatch();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      batch.put(bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
    }
    store.write(batch, Sync.BUFFERED);
  }

  static List<String> all(KeyValueStore.Cursor cursor) {
    var found = new ArrayList<String>();
    try (cursor) {
      while (cursor.next()) {
        found.add(
            new String(cursor.key(), StandardCharsets.ISO_8859_1)
                + "="
                + new String(cursor.value(), StandardCharsets.ISO_8859_1));
      }
    }
    return found;
  }

  List<String> scan(String from, String to) {
    return all(store.scan(bytes(from), bytes(to)));
  }

  @Test
  void whatIsWrittenIsRead() {
    put("a", "1", "b", "");
    assertThat(store.get(bytes("a")).orElseThrow()).isEqualTo(bytes("1"));
    assertThat(store.get(bytes("b")).orElseThrow()).isEmpty();
    assertThat(store.get(bytes("c"))).isEmpty();
    put("a", "2");
    assertThat(store.get(bytes("a")).orElseThrow()).isEqualTo(bytes("2"));
  }

  @Test
  void theLastChangeOfAKeyInABatchWins() {
    put("a", "1", "b", "1");
    var batch =
        new WriteBatch()
            .delete(bytes("a"))
            .put(bytes("a"), bytes("2"))
            .put(bytes("b"), bytes("2"))
            .delete(bytes("b"));
    store.write(batch, Sync.SYNCED);
    assertThat(scan("a", "z")).containsExactly("a=2");
  }

  @Test
  void rangesAreDeletedInTheirPlaceOfTheBatch() {
    put("a", "1", "b", "1", "c", "1");
    var batch =
        new WriteBatch()
            .put(bytes("bb"), bytes("gone"))
            .deleteRange(bytes("b"), bytes("c"))
            .put(bytes("b"), bytes("2"));
    store.write(batch, Sync.UNLOGGED);
    assertThat(scan("a", "z")).containsExactly("a=1", "b=2", "c=1");
  }

  @Test
  void scansAreInUnsignedOrderAndHalfOpen() {
    put("\u0001", "1", "\u007f", "2", "\u0080", "3", "\u00ff", "4", "\u00ff\u0000", "5");
    assertThat(scan("\u0001", "\u00ff")).containsExactly("\u0001=1", "\u007f=2", "\u0080=3");
    assertThat(all(store.scanDown(bytes("\u007f"), bytes("\u00ff\u0000"))))
        .containsExactly("\u00ff=4", "\u0080=3", "\u007f=2");
    assertThat(scan("\u0081", "\u00fe")).isEmpty();
  }

  @Test
  void aRangeOfNothingIsEmpty() {
    put("a", "1", "b", "2");
    assertThat(scan("b", "b")).isEmpty();
    assertThat(scan("b", "a")).isEmpty();
    assertThat(all(store.scanDown(bytes("b"), bytes("a")))).isEmpty();
  }

  @Test
  void aScanSeesTheMomentItBegan() {
    put("a", "1", "b", "1");
    var cursor = store.scan(bytes("a"), bytes("z"));
    put("a", "2", "c", "2");
    store.write(new WriteBatch().delete(bytes("b")), Sync.BUFFERED);
    assertThat(all(cursor)).containsExactly("a=1", "b=1");
    assertThat(scan("a", "z")).containsExactly("a=2", "c=2");
  }

  @Test
  void bytesHandedOverAreNotShared() {
    byte[] value = bytes("1");
    store.write(new WriteBatch().put(bytes("a"), value), Sync.BUFFERED);
    value[0] = 'x';
    store.get(bytes("a")).orElseThrow()[0] = 'y';
    assertThat(store.get(bytes("a")).orElseThrow()).isEqualTo(bytes("1"));
  }

  @Test
  void randomChangesAreThoseOfAMap() {
    var random = new Random(11);
    Map<String, String> model = new TreeMap<>();
    for (int i = 0; i < 300; i++) {
      var batch = new WriteBatch();
      for (int j = random.nextInt(5); j >= 0; j--) {
        String key = "k" + random.nextInt(50);
        if (random.nextInt(3) == 0) {
          batch.delete(bytes(key));
          model.remove(key);
        } else {
          String value = "v".repeat(random.nextInt(3000));
          batch.put(bytes(key), bytes(value));
          model.put(key, value);
        }
      }
      store.write(batch, Sync.UNLOGGED);
      if (i % 50 == 0) {
        store.flush();
      }
    }
    assertThat(scan("k", "l"))
        .isEqualTo(model.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
  }

  @Test
  void batchesSayTheirSize() {
    var batch = new WriteBatch().put(bytes("ab"), bytes("cde")).delete(bytes("f"));
    var both = new WriteBatch();
    both.addAll(batch);
    assertThat(both.isEmpty()).isFalse();
    assertThat(both.sizeBytes()).isEqualTo(6);
    assertThat(both.changes()).hasSize(2);
    put("a", "1".repeat(100));
    assertThat(store.sizeBytes()).isNotNegative();
  }
}

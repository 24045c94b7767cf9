package org.malleposte.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.NodeName;

class StoreIdentityTest {
  @TempDir Path root;

  private StoreIdentity open() {
    return StoreIdentity.open(root.resolve("store"), new Random());
  }

  @Test
  void anEmptyDirectoryGetsAnIdAndKeepsIt() {
    var first = open();
    assertThat(open()).isEqualTo(first);
  }

  @Test
  void aWipedDirectoryGetsAnother() throws Exception {
    var first = open();
    Ledger.deleteAll(root.resolve("store"));
    assertThat(open()).isNotEqualTo(first);
  }

  @Test
  void aCrashBeforeTheIdIsWrittenLeavesANewDirectory() throws Exception {
    open();
    Files.move(root.resolve("store/id"), root.resolve("store/id.new"));
    open();
  }

  @Test
  void dataWithoutAnIdIsRefused() throws Exception {
    open();
    Files.delete(root.resolve("store/id"));
    Files.createDirectory(root.resolve("store/raft"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreDamagedException.class)
        .hasMessageContaining("raft")
        .hasMessageContaining("move the store directory away");
  }

  @Test
  void aPeerIdIsReadBack() {
    for (String name : new String[] {"mx1.example.org", "a@b"}) {
      var id = new Peer.Id(new NodeName(name), "00112233445566aa");
      assertThat(Peer.Id.of(id.raft())).isEqualTo(id);
    }
  }
}

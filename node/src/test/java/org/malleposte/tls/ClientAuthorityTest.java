package org.malleposte.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.config.AuthorityDirectory;

class ClientAuthorityTest {
  @TempDir Path directory;

  @Test
  void trustsWhatItSignedAndFollowsItsFile() throws Exception {
    var ours = new TestAuthority("ours").issue(directory, "alice");
    var theirs = new TestAuthority("theirs").issue(directory, "mallory");
    Path file = Files.copy(ours.ca(), directory.resolve("ca.pem"));
    var authority = new ClientAuthority(Optional.of(file), Optional.empty());
    var alice = PemFile.read(ours.certificate()).certificates();
    var mallory = PemFile.read(theirs.certificate()).certificates();
    assertThat(authority.trusts(alice)).isTrue();
    assertThat(authority.trusts(alice.subList(0, 1))).isTrue();
    assertThat(authority.trusts(mallory)).isFalse();
    assertThat(authority.files()).containsExactly(file);

    Files.copy(theirs.ca(), file, StandardCopyOption.REPLACE_EXISTING);
    authority.reload();
    assertThat(authority.trusts(alice)).isFalse();
    assertThat(authority.trusts(mallory)).isTrue();
  }

  @Test
  void aDirectoryHasThemByTheirHash() throws Exception {
    var ours = new TestAuthority("ours").issue(directory, "alice");
    var theirs = new TestAuthority("theirs").issue(directory, "mallory");
    var alice = PemFile.read(ours.certificate()).certificates();
    var mallory = PemFile.read(theirs.certificate()).certificates();
    Path authorities = Files.createDirectory(directory.resolve("authorities"));
    Path named = Files.copy(theirs.ca(), authorities.resolve("theirs.pem"));
    Path hashed = Files.copy(ours.ca(), authorities.resolve("0123abcd.0"));
    Path binary = Files.write(authorities.resolve("0123abcd.1"), new byte[] {0x30, (byte) 0xff});
    Files.writeString(authorities.resolve("0123abcd.r0"), "a list of the revoked");
    var authority = new ClientAuthority(Optional.empty(), Optional.of(authorities));
    assertThat(authority.trusts(alice)).isTrue();
    assertThat(authority.trusts(mallory)).as("OpenSSL does not find it either").isFalse();
    assertThat(authority.files()).containsExactly(authorities, hashed, binary);

    Files.createSymbolicLink(authorities.resolve("ffffffff.0"), named);
    assertThat(authority.files()).hasSize(4);
    authority.reload();
    assertThat(authority.trusts(mallory)).isTrue();
  }

  @Test
  void fileAndDirectoryTogether() throws Exception {
    var ours = new TestAuthority("ours").issue(directory, "alice");
    var theirs = new TestAuthority("theirs").issue(directory, "mallory");
    Path authorities = Files.createDirectory(directory.resolve("authorities"));
    Files.copy(theirs.ca(), authorities.resolve("0123abcd.0"));
    var authority = new ClientAuthority(Optional.of(ours.ca()), Optional.of(authorities));
    assertThat(authority.trusts(PemFile.read(ours.certificate()).certificates())).isTrue();
    assertThat(authority.trusts(PemFile.read(theirs.certificate()).certificates())).isTrue();
  }

  @Test
  void saysWhatIsWrongWithADirectory() throws Exception {
    Path authorities = directory.resolve("authorities");
    assertThatThrownBy(() -> new ClientAuthority(Optional.empty(), Optional.of(authorities)))
        .isInstanceOf(TlsFileException.class)
        .hasMessageContaining("create it, or see its permissions");
    Files.createDirectory(authorities);
    assertThatThrownBy(() -> new ClientAuthority(Optional.empty(), Optional.of(authorities)))
        .hasMessage(authorities + ": no authority in it, run 'openssl rehash' on it");

    var ours = new TestAuthority("ours").issue(directory, "alice");
    Path gone = Files.createSymbolicLink(authorities.resolve("0123abcd.0"), directory.resolve("x"));
    assertThatThrownBy(() -> new ClientAuthority(Optional.of(ours.ca()), Optional.of(authorities)))
        .hasMessageContaining(gone + ": no such file");
    for (int i = 0; i < AuthorityDirectory.MAX_FILES; i++) {
      Files.createFile(authorities.resolve("ffffffff." + i));
    }
    assertThatThrownBy(() -> new ClientAuthority(Optional.of(ours.ca()), Optional.of(authorities)))
        .hasMessageContaining("more than 1000 authorities");
  }
}

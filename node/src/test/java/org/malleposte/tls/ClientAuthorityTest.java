package org.malleposte.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientAuthorityTest {
  @TempDir Path directory;

  @Test
  void trustsWhatItSignedAndFollowsItsFile() throws Exception {
    var ours = new TestAuthority("ours").issue(directory, "alice");
    var theirs = new TestAuthority("theirs").issue(directory, "mallory");
    Path file = Files.copy(ours.ca(), directory.resolve("ca.pem"));
    var authority = new ClientAuthority(file);
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
}

package org.malleposte.raft;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.link.ClusterView.Role;

/** Peers with certificates; one without the right one does not get in. */
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path root;
  private final TestCluster cluster = new TestCluster();

  @AfterEach
  void close() {
    cluster.close();
  }

  private RaftSettings.Tls certificate(String name) throws Exception {
    Path file = root.resolve(name + ".p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .inheritIO()
            .start();
    assertThat(keytool.waitFor(60, SECONDS)).isTrue();
    var keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(name, keys.getCertificate(name));
    var key = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    key.init(keys, PASSWORD);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    return new RaftSettings.Tls(
        (X509KeyManager) key.getKeyManagers()[0], (X509TrustManager) trust.getTrustManagers()[0]);
  }

  @Test
  void peersSpeakTlsAndOthersAreLeftOut() throws Exception {
    var ours = certificate("ours");
    cluster.start(TestNode.Seat.of("a", Role.PRIMARY, root, 3).with(Optional.of(ours)));
    cluster.start(TestNode.Seat.of("b", Role.SECONDARY, root, 3).with(Optional.of(ours)));
    var other =
        cluster.start(
            TestNode.Seat.of("c", Role.SECONDARY, root, 3)
                .with(Optional.of(certificate("theirs"))));
    var plain = cluster.start(TestNode.Seat.of("d", Role.SECONDARY, root, 3));
    TestCluster.write(cluster.nodes().getFirst(), "one-", 20, 1000);
    cluster.stop(plain);
    assertThat(other.ledger().size()).isZero();
    assertThat(other.group().leader()).isEmpty();
    cluster.stop(other);
    cluster.awaitSame(20);
  }
}

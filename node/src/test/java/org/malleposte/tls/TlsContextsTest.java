package org.malleposte.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.malleposte.config.NodeConfig;
import org.malleposte.config.NodeConfig.Tls.KeyPairFiles;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.runtime.ManualTime;

class TlsContextsTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path directory;

  private TlsContexts selfSigned(InstantSource clock) throws IOException {
    var config = new NodeConfig.Tls(Optional.empty(), List.of(), directory.resolve("data/tls"));
    return new TlsContexts(config, Optional.empty(), "mx1.example.org", clock, RANDOM);
  }

  private TlsContexts given(Path certificate, Path key) throws IOException {
    var config =
        new NodeConfig.Tls(
            Optional.of(new KeyPairFiles(certificate, key)),
            List.of(),
            directory.resolve("data/tls"));
    return new TlsContexts(
        config, Optional.empty(), "mx1.example.org", InstantSource.system(), RANDOM);
  }

  @Test
  void makesACertificateOnceAndKeepsIt() throws Exception {
    var first = selfSigned(InstantSource.system()).certificate();
    assertThat(selfSigned(InstantSource.system()).certificate()).isEqualTo(first);
    assertThat(first.getSubjectAlternativeNames().toString())
        .contains("mx1.example.org", "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1");
    assertThat(first.getPublicKey().getAlgorithm()).isEqualTo("EC");
    Path file = directory.resolve("data/tls").resolve(TlsContexts.SELF_SIGNED_FILE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void makesANewOneBeforeTheOldOneEnds() throws IOException {
    var now = Instant.now();
    var first = selfSigned(InstantSource.fixed(now)).certificate();
    var shortly = now.plus(SelfSigned.VALID).minus(TlsContexts.RENEW_BEFORE);
    assertThat(selfSigned(InstantSource.fixed(shortly.minusSeconds(60))).certificate())
        .isEqualTo(first);
    assertThat(selfSigned(InstantSource.fixed(shortly)).certificate()).isNotEqualTo(first);
  }

  @Test
  void aNodeNameThatIsNoHostNameStillWorks() throws Exception {
    var config = new NodeConfig.Tls(Optional.empty(), List.of(), directory);
    var certificate =
        new TlsContexts(
                config,
                Optional.empty(),
                "node_ü " + "x".repeat(80),
                InstantSource.system(),
                RANDOM)
            .certificate();
    assertThat(certificate.getSubjectAlternativeNames().toString()).contains("localhost");
  }

  @Test
  void theLowestVersionIsConfigured() throws Exception {
    for (var version : NodeConfig.TlsVersion.values()) {
      var config = new NodeConfig.Tls(Optional.empty(), List.of(), directory, version);
      var tls =
          new TlsContexts(config, Optional.empty(), "mx1.test", InstantSource.system(), RANDOM);
      assertThat(tls.serverOptions().getEnabledSecureTransportProtocols().contains("TLSv1.2"))
          .isEqualTo(version == NodeConfig.TlsVersion.TLS_1_2);
      assertThat(tls.serverOptions().getEnabledSecureTransportProtocols()).contains("TLSv1.3");
    }
  }

  @Test
  void takesKeysInTheFormsThatAreAround() throws IOException {
    var authority = new TestAuthority("ca");
    for (String algorithm : List.of("EC", "RSA")) {
      var files = authority.issue(directory, "node-" + algorithm.toLowerCase(), algorithm);
      assertThat(given(files.certificate(), files.key()).certificate().getSubjectX500Principal())
          .hasToString("CN=node-" + algorithm.toLowerCase());
    }
  }

  @Test
  void takesWhatOpensslWrites() throws Exception {
    Assumptions.assumeTrue(isInstalled("openssl"), "openssl is not installed");
    Path key = directory.resolve("ec.key");
    Path certificate = directory.resolve("ec.crt");
    run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-out", key.toString());
    run(
        ("openssl req -x509 -new -subj /CN=ec -days 9 -key " + key + " -out " + certificate)
            .split(" "));
    assertThat(Files.readString(key)).contains("EC PARAMETERS", "BEGIN EC PRIVATE KEY");
    assertThat(given(certificate, key).certificate().getSubjectX500Principal())
        .hasToString("CN=ec");

    Path secret = directory.resolve("secret.key");
    run(("openssl pkcs8 -topk8 -passout pass:x -in " + key + " -out " + secret).split(" "));
    assertThatThrownBy(() -> given(certificate, secret))
        .hasMessageContaining("the key is encrypted, remove its password");
  }

  private static boolean isInstalled(String command) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(place -> Files.isExecutable(Path.of(place, command)));
  }

  private static void run(String... command) throws Exception {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void aMistakeNamesFileAndRemedy() throws IOException {
    var authority = new TestAuthority("ca");
    var one = authority.issue(directory, "one");
    var two = authority.issue(directory, "two");
    Path garbage = Files.writeString(directory.resolve("garbage"), "-----BEGIN NONSENSE-----\nx\n");
    Path empty = Files.writeString(directory.resolve("empty"), "");
    assertThatThrownBy(() -> given(one.certificate(), two.key()))
        .isInstanceOf(TlsFileException.class)
        .hasMessage(
            two.key()
                + ": is not the key of "
                + one.certificate()
                + ", use the pair that was made together");
    assertThatThrownBy(() -> given(directory.resolve("none"), one.key()))
        .hasMessage(directory.resolve("none") + ": no such file, create it or correct the path");
    assertThatThrownBy(() -> given(one.key(), one.key())).hasMessageContaining("no certificate");
    assertThatThrownBy(() -> given(one.certificate(), one.certificate()))
        .hasMessageContaining("no private key");
    assertThatThrownBy(() -> given(one.certificate(), empty)).hasMessageContaining("no private");
    assertThatThrownBy(() -> given(garbage, one.key())).isInstanceOf(TlsFileException.class);
  }

  @Test
  void aChangedFileIsInUseAfterTwoLooksAndABrokenOneIsNot() throws Exception {
    var authority = new TestAuthority("ca");
    var files = authority.issue(directory, "live");
    var contexts = given(files.certificate(), files.key());
    var time = new ManualTime();
    var vertx = Vertx.vertx();
    try (var lane = new BlockingLane("test-tls", 1, 10);
        var reloader =
            new CertificateReloader(List.of(contexts), lane, time, CertificateReloader.PERIOD)) {
      int port = listen(vertx, contexts);
      var before = shownBy(port, "TLSv1.3");
      assertThat(before).isEqualTo(contexts.certificate());

      Path elsewhere = Files.createDirectory(directory.resolve("new"));
      var renewed = authority.issue(elsewhere, "live");
      replace(renewed.certificate(), files.certificate());
      replace(renewed.key(), files.key());
      look(time, lane);
      assertThat(contexts.certificate()).isEqualTo(before);
      look(time, lane);
      assertThat(contexts.certificate()).isNotEqualTo(before);
      assertThat(shownBy(port, "TLSv1.2")).isEqualTo(contexts.certificate());

      var good = contexts.certificate();
      Files.writeString(files.key(), "broken");
      look(time, lane);
      look(time, lane);
      assertThat(shownBy(port, "TLSv1.3")).isEqualTo(good);
      assertThatThrownBy(() -> shownBy(port, "TLSv1.1")).isInstanceOf(SSLHandshakeException.class);
      assertThat(reloader).isNotNull();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void aClientIsShownTheCertificateOfTheNameThatItAsksFor() throws Exception {
    var authority = new TestAuthority("ca");
    var one = authority.issue(directory, "one.test");
    var two = authority.issue(directory, "two.test", "RSA");
    var config =
        new NodeConfig.Tls(
            Optional.of(new KeyPairFiles(one.certificate(), one.key())),
            List.of(new KeyPairFiles(two.certificate(), two.key())),
            directory.resolve("data/tls"));
    var contexts =
        new TlsContexts(
            config, Optional.empty(), "mx1.example.org", InstantSource.system(), RANDOM);
    assertThat(contexts.files())
        .containsExactly(one.certificate(), one.key(), two.certificate(), two.key());
    var vertx = Vertx.vertx();
    try {
      int port = listen(vertx, contexts);
      for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
        assertThat(shownBy(port, protocol, Optional.of("two.test")).getSubjectX500Principal())
            .hasToString("CN=two.test");
        assertThat(shownBy(port, protocol, Optional.of("three.test")).getSubjectX500Principal())
            .hasToString("CN=one.test");
        assertThat(shownBy(port, protocol).getSubjectX500Principal()).hasToString("CN=one.test");
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void aStarIsOneLabel() {
    var names = new CertificateNames(Set.of("*.example.org", "mx.test"));
    assertThat(names.contain("MX1.example.org")).isTrue();
    assertThat(names.contain("mx.test")).isTrue();
    assertThat(names.contain("example.org")).isFalse();
    assertThat(names.contain("a.b.example.org")).isFalse();
    assertThat(names.contain("localhost")).isFalse();
  }

  /** A server that shows its certificate and ends; its port. */
  private static int listen(Vertx vertx, TlsContexts contexts) {
    var server =
        vertx.createNetServer(
            new NetServerOptions().setSsl(true).setKeyCertOptions(contexts.keyCertOptions()));
    server.connectHandler(socket -> socket.end());
    return server
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .join()
        .actualPort();
  }

  private static void replace(Path from, Path to) throws IOException {
    Files.setLastModifiedTime(from, FileTime.from(Instant.now().plusSeconds(5)));
    Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void look(ManualTime time, BlockingLane lane) {
    time.advance(CertificateReloader.PERIOD);
    lane.run(() -> {}).join(); // behind the look
    Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> lane.waiting() == 0);
  }

  private static X509Certificate shownBy(int port, String protocol) throws Exception {
    return shownBy(port, protocol, Optional.empty());
  }

  private static X509Certificate shownBy(int port, String protocol, Optional<String> asked)
      throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAnyone()}, null);
    try (var socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setEnabledProtocols(new String[] {protocol});
      if (asked.isPresent()) {
        var parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(asked.get())));
        socket.setSSLParameters(parameters);
      }
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }
}

package org.malleposte.managesieve;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.malleposte.auth.Authenticator.LoginOutcome;
import org.malleposte.auth.PasswordsOnly;
import org.malleposte.auth.TestMechanisms;
import org.malleposte.config.Listener;
import org.malleposte.filter.AccountScripts;
import org.malleposte.filter.GlobalScripts;
import org.malleposte.filter.MemoryProperties;
import org.malleposte.mail.AccountName;
import org.malleposte.runtime.BlockingLane;
import org.malleposte.tls.ServerTls;
import org.malleposte.transcript.TestCertificate;

/** A ManageSieve server over properties in memory, with one user. */
final class ManageSieveServer implements AutoCloseable {
  private static final AccountName ALICE = new AccountName("alice");
  private static final KeyCertOptions CERTIFICATE = TestCertificate.create("mx1.test").options();

  final MemoryProperties properties = new MemoryProperties();
  private final BlockingLane lane = new BlockingLane("test-managesieve", 2, 1000);
  private final Vertx vertx = Vertx.vertx();
  private final Listener clear = new Listener("127.0.0.1", 0, Listener.Tls.STARTTLS, false);
  private final Listener implicit = new Listener("127.0.0.1", 0, Listener.Tls.IMPLICIT, false);
  private final ManageSieveVerticle verticle;

  ManageSieveServer() {
    var certificate = new ServerSSLOptions();
    certificate.setKeyCertOptions(CERTIFICATE);
    var scripts = new AccountScripts(properties, GlobalScripts.NONE);
    PasswordsOnly accounts =
        (login, password, _) ->
            CompletableFuture.supplyAsync(
                () ->
                    login.equals("alice") && password.equals("secret")
                        ? new LoginOutcome.Granted(ALICE)
                        : new LoginOutcome.Denied());
    verticle =
        new ManageSieveVerticle(
            new ManageSieveSettings(
                List.of(clear, implicit), ManageSieveLimits.DEFAULT, TestMechanisms.byDefault()),
            accounts,
            new ScriptManager(properties, scripts, lane),
            Optional.of(new ServerTls(certificate)),
            new ManageSieveMetrics(new SimpleMeterRegistry()),
            InstantSource.system());
    await(vertx.deployVerticle(verticle));
  }

  InetSocketAddress clear() {
    return new InetSocketAddress("127.0.0.1", verticle.ports().get(clear));
  }

  InetSocketAddress implicit() {
    return new InetSocketAddress("127.0.0.1", verticle.ports().get(implicit));
  }

  @Override
  public void close() {
    await(vertx.close());
    lane.close();
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}

package org.malleposte.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.TcpIpConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.ConfigUtil;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hazelcast with TCP join, and the clustered Vert.x on it. Community has no TLS and no
 * authentication between members: so it carries who is there and where the event bus addresses are,
 * never mail or passwords, and what makes a cluster one (name, protocol, trust root) is part of its
 * Hazelcast name.
 */
public final class HazelcastCluster {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastCluster.class);

  /** Between looks at {@code cluster.dns}. */
  static final Duration DNS_PERIOD = Duration.ofSeconds(5);

  private final ClusterSettings settings;
  private final Config config;
  private final HazelcastClusterManager manager;

  /**
   * @param fingerprint of what a member must have: protocol version and trust root
   */
  public HazelcastCluster(ClusterSettings settings, String fingerprint) {
    this.settings = settings;
    this.config = config(settings, fingerprint);
    this.manager = new HazelcastClusterManager(config);
  }

  /**
   * Joins, or founds when nobody answers.
   *
   * @param eventBus with TLS already set, if any; addresses are set here
   */
  public Future<Vertx> join(VertxOptions options, EventBusOptions eventBus) {
    eventBus
        .setHost(settings.bindHost())
        .setPort(settings.eventBusPort())
        .setClusterPublicHost(settings.publicHost())
        .setClusterPublicPort(settings.eventBusPort())
        .setConnectTimeout(2_000)
        // A hung node must not hold what is sent to it for Vert.x's default of 20 s.
        .setClusterPingInterval(1_000)
        .setClusterPingReplyInterval(3_000);
    return Vertx.builder()
        .with(options.setEventBusOptions(eventBus))
        .withClusterManager(manager)
        .buildClustered();
  }

  /** Names this process on the event bus, once joined. */
  public String transportId() {
    return manager.getNodeId();
  }

  /** Tells of processes that have left; Vert.x must have joined. */
  public void onLeave(Vertx vertx, Consumer<String> listener) {
    manager.getHazelcastInstance().getCluster().addMembershipListener(new LeaveListener(listener));
    if (settings.dns().isPresent()) {
      vertx.setPeriodic(DNS_PERIOD.toMillis(), _ -> vertx.executeBlocking(this::refreshMembers));
    }
  }

  // Hazelcast reads the list anew when it looks for a cluster to merge with.
  private Void refreshMembers() {
    tcpIp(config).setMembers(candidates(settings));
    return null;
  }

  private static Config config(ClusterSettings settings, String fingerprint) {
    Config config = ConfigUtil.loadConfig();
    config.setClusterName(settings.clusterName() + "/" + fingerprint);
    config
        .setProperty("hazelcast.logging.type", "slf4j")
        .setProperty("hazelcast.phone.home.enabled", "false")
        .setProperty("hazelcast.shutdownhook.enabled", "false")
        .setProperty("hazelcast.wait.seconds.before.join", "0")
        .setProperty("hazelcast.max.join.seconds", "120")
        .setProperty("hazelcast.tcp.join.port.try.count", "1")
        .setProperty("hazelcast.heartbeat.interval.seconds", "1")
        .setProperty("hazelcast.max.no.heartbeat.seconds", "5")
        .setProperty("hazelcast.operation.call.timeout.millis", "5000")
        // Two nodes that start at the same moment may each found; they must find each other soon.
        .setProperty("hazelcast.merge.first.run.delay.seconds", "2")
        .setProperty("hazelcast.merge.next.run.delay.seconds", "2")
        // Few threads: Hazelcast has little to do here.
        .setProperty("hazelcast.operation.generic.thread.count", "2")
        .setProperty("hazelcast.operation.thread.count", "2")
        .setProperty("hazelcast.io.thread.count", "1")
        .setProperty("hazelcast.event.thread.count", "1");
    config.getJetConfig().setEnabled(false);
    var network = config.getNetworkConfig();
    network.setPort(settings.port()).setPortAutoIncrement(false);
    network.setPublicAddress(settings.publicHost() + ":" + settings.port());
    if (!isWildcard(settings.bindHost())) {
      network.getInterfaces().setEnabled(true).addInterface(address(settings.bindHost()));
    }
    network.getJoin().getMulticastConfig().setEnabled(false);
    network.getJoin().getAutoDetectionConfig().setEnabled(false);
    tcpIp(config).setEnabled(true).setConnectionTimeoutSeconds(2).setMembers(candidates(settings));
    return config;
  }

  private static TcpIpConfig tcpIp(Config config) {
    return config.getNetworkConfig().getJoin().getTcpIpConfig();
  }

  private static List<String> candidates(ClusterSettings settings) {
    var all = new ArrayList<>(settings.members());
    settings
        .dns()
        .ifPresent(
            name -> {
              try {
                Arrays.stream(InetAddress.getAllByName(name))
                    .map(
                        a ->
                            (a.getHostAddress().contains(":")
                                    ? "[" + a.getHostAddress() + "]"
                                    : a.getHostAddress())
                                + ":"
                                + settings.port())
                    .forEach(all::add);
              } catch (UnknownHostException _) {
                // Nobody is registered yet, perhaps not even we: it is asked again.
                LOG.info("cluster.dns {} does not resolve yet", name);
              }
            });
    return all;
  }

  private static boolean isWildcard(String host) {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  // Hazelcast matches interfaces by address.
  private static String address(String host) {
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("cluster.listen: unknown host " + host, e);
    }
  }

  private record LeaveListener(Consumer<String> consumer)
      implements com.hazelcast.cluster.MembershipListener {
    @Override
    public void memberAdded(com.hazelcast.cluster.MembershipEvent event) {}

    @Override
    public void memberRemoved(com.hazelcast.cluster.MembershipEvent event) {
      consumer.accept(event.getMember().getUuid().toString());
    }
  }
}

package org.malleposte.auth;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.malleposte.format.FormatException;
import org.malleposte.format.RecordReader;
import org.malleposte.format.RecordWriter;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.NodeLink;
import org.malleposte.link.NodeName;
import org.malleposte.runtime.Timers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * News of logins over the links between the nodes. What comes within {@link #GATHERED_FOR} goes in
 * one message. A node that does not hear it is quick once more, which is no harm worth a retry.
 */
public final class ClusterLoginNews implements LoginNews {
  static final String SERVICE = "auth.news";

  /** Guesses are not slower than this anyhow. */
  static final Duration GATHERED_FOR = Duration.ofMillis(50);

  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** Of one message; what is beyond it is not told. */
  static final int MAX_GATHERED = 2000;

  /** Of one name, in characters; nobody is called so. */
  static final int MAX_NAME_CHARACTERS = 500;

  private static final int MAX_TEXT_BYTES = 4 * MAX_NAME_CHARACTERS;
  private static final int VERSION = 1;
  private static final byte[] HEARD = {};
  private static final int ADDRESS = 0;
  private static final int ACCOUNT = 1;
  private static final Logger LOG = LoggerFactory.getLogger(ClusterLoginNews.class);

  private final NodeLink link;
  private final Cluster cluster;
  private final Timers timers;
  private final List<Consumer<Attempted>> listeners = new CopyOnWriteArrayList<>();
  private final Object lock = new Object();
  private List<Attempted> gathered = new ArrayList<>();

  public ClusterLoginNews(NodeLink link, Cluster cluster, Timers timers) {
    this.link = link;
    this.cluster = cluster;
    this.timers = timers;
    link.serve(SERVICE, this::hear);
  }

  @Override
  public void tell(Attempted attempted) {
    synchronized (lock) {
      if (gathered.size() < MAX_GATHERED) {
        gathered.add(attempted);
      }
      if (gathered.size() == 1) {
        timers.after(GATHERED_FOR, this::send);
      }
    }
  }

  @Override
  public void onHeard(Consumer<Attempted> listener) {
    listeners.add(listener);
  }

  private void send() {
    List<Attempted> news;
    synchronized (lock) {
      news = gathered;
      gathered = new ArrayList<>();
    }
    byte[] message = encode(news);
    for (ClusterView.Member other : cluster.view().others()) {
      link.request(other.name(), SERVICE, message, PATIENCE)
          .exceptionally(
              failure -> {
                LOG.debug("{} has not heard of {} logins", other.name(), news.size(), failure);
                return HEARD;
              });
    }
  }

  private CompletableFuture<byte[]> hear(NodeName from, byte[] message) {
    try {
      for (var attempted : decode(message)) {
        listeners.forEach(listener -> listener.accept(attempted));
      }
      return CompletableFuture.completedFuture(HEARD);
    } catch (FormatException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  static byte[] encode(List<Attempted> news) {
    var out = new RecordWriter().u8(VERSION).varint(news.size());
    for (var attempted : news) {
      out.flag(attempted.failed()).varint(attempted.suspects().size());
      for (var suspect : attempted.suspects()) {
        switch (suspect) {
          case Suspect.Address(var network) -> out.u8(ADDRESS).text(network);
          case Suspect.Account(var name) -> out.u8(ACCOUNT).text(cut(name));
        }
      }
    }
    return out.toBytes();
  }

  private static String cut(String name) {
    return name.substring(0, Math.min(name.length(), MAX_NAME_CHARACTERS));
  }

  /**
   * @throws FormatException for bytes that are no news
   */
  static List<Attempted> decode(byte[] message) {
    var in = new RecordReader(message);
    if (in.u8() != VERSION) {
      return List.of(); // of a newer node; who is suspected of what is not known here
    }
    var news = new ArrayList<Attempted>();
    for (int left = in.count(MAX_GATHERED); left > 0; left--) {
      boolean failed = in.flag();
      var suspects = new ArrayList<Suspect>();
      for (int more = in.count(2); more > 0; more--) {
        suspects.add(
            in.u8() == ADDRESS
                ? new Suspect.Address(in.text(MAX_TEXT_BYTES))
                : new Suspect.Account(in.text(MAX_TEXT_BYTES)));
      }
      news.add(new Attempted(failed, suspects));
    }
    return news;
  }
}

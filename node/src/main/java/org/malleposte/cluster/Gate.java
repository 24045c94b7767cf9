package org.malleposte.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;

/**
 * The door of the cluster. A node that wants in tells who it is to each founder that answers,
 * before it starts anything else; who does not fit is told why. One line of JSON each way, under
 * the same TLS as the event bus, on the third port after {@code cluster.listen}.
 *
 * <p>The gate explains; what keeps a stranger out are the mutual TLS of event bus and Raft and the
 * name of the Hazelcast cluster.
 */
public final class Gate {
  /**
   * Who asks to be let in. {@code processId} tells a restarted node from a second one with its
   * name.
   */
  public record Applicant(
      String cluster, int protocol, String version, String name, String processId) {
    JsonObject toJson() {
      return new JsonObject()
          .put("cluster", cluster)
          .put("protocol", protocol)
          .put("version", version)
          .put("name", name)
          .put("processId", processId);
    }

    static Applicant fromJson(JsonObject json) {
      return new Applicant(
          json.getString("cluster"),
          json.getInteger("protocol"),
          json.getString("version"),
          json.getString("name"),
          json.getString("processId"));
    }
  }

  /** One founder's answer. */
  public sealed interface Answer {
    String member();

    record Welcome(String member) implements Answer {}

    record Away(String member) implements Answer {}

    /** {@code lasting}: asking again does not help, only another configuration does. */
    record Refused(String member, String why, boolean lasting) implements Answer {}
  }

  static final int MAX_LINE_BYTES = 4096;
  static final long TIMEOUT_MS = 3_000;
  static final long SERVER_TIMEOUT_MS = 15_000;

  private final Vertx vertx;
  private final ClusterSettings settings;
  private final Applicant self;
  private final ClusterTransport transport;

  public Gate(Vertx vertx, ClusterSettings settings, Applicant self, ClusterTransport transport) {
    this.vertx = vertx;
    this.settings = settings;
    this.self = self;
    this.transport = transport;
  }

  /**
   * Answers applicants.
   *
   * @param nameTaken whether a live node of that name is a member
   */
  public Future<Void> open(Predicate<Applicant> nameTaken) {
    var options = new NetServerOptions().setHost(settings.bindHost()).setPort(settings.gatePort());
    transport.secure(options);
    return vertx
        .createNetServer(options)
        .connectHandler(
            socket ->
                readLine(socket)
                    .timeout(SERVER_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                    .onSuccess(line -> answer(socket, line, nameTaken))
                    .onFailure(_ -> socket.close()))
        .listen()
        .mapEmpty();
  }

  private void answer(NetSocket socket, JsonObject line, Predicate<Applicant> nameTaken) {
    var why = objection(line, nameTaken);
    var reply = new JsonObject().put("welcome", why.isEmpty()).put("name", self.name());
    why.ifPresent(r -> reply.put("why", r.why()).put("lasting", r.lasting()));
    socket.end(reply.toBuffer().appendString("\n"));
  }

  private Optional<Answer.Refused> objection(JsonObject line, Predicate<Applicant> nameTaken) {
    Applicant other;
    try {
      other = Applicant.fromJson(line);
    } catch (RuntimeException _) {
      return refuse("it does not speak our language", true);
    }
    if (!self.cluster().equals(other.cluster())) {
      return refuse(
          "it is of cluster \""
              + other.cluster()
              + "\", this is \""
              + self.cluster()
              + "\" (cluster.name)",
          true);
    }
    if (self.protocol() != other.protocol()) {
      return refuse(
          "it runs version "
              + other.version()
              + " (protocol "
              + other.protocol()
              + "), we run "
              + self.version()
              + " (protocol "
              + self.protocol()
              + "): upgrade one version at a time",
          true);
    }
    if (self.name().equals(other.name()) && !self.processId().equals(other.processId())
        || nameTaken.test(other)) {
      return refuse("a node named " + other.name() + " is a member already (node.name)", false);
    }
    return Optional.empty();
  }

  private Optional<Answer.Refused> refuse(String why, boolean lasting) {
    return Optional.of(new Answer.Refused(self.name(), why, lasting));
  }

  /** Asks each of {@code members} ({@code host:port} of Hazelcast); never fails. */
  public Future<List<Answer>> knock(List<String> members) {
    var answers = members.stream().map(this::knock).toList();
    return Future.join(answers)
        .transform(
            _ -> {
              var all = new ArrayList<Answer>();
              answers.forEach(a -> all.add(a.result()));
              return Future.succeededFuture(all);
            });
  }

  private Future<Answer> knock(String member) {
    int colon = member.lastIndexOf(':');
    String host = member.substring(0, colon).replaceAll("[\\[\\]]", "");
    int port = Integer.parseInt(member.substring(colon + 1)) + 3;
    var options = new NetClientOptions().setConnectTimeout((int) TIMEOUT_MS);
    transport.secure(options);
    return vertx
        .createNetClient(options)
        .connect(port, host)
        .transform(
            connected -> {
              if (connected.failed()) {
                return Future.succeededFuture(unreachable(member, connected.cause()));
              }
              var socket = connected.result();
              var line = readLine(socket);
              socket.write(self.toJson().toBuffer().appendString("\n"));
              return line.timeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
                  .transform(
                      read -> {
                        socket.close();
                        return Future.succeededFuture(
                            read.succeeded()
                                ? parse(member, read.result())
                                : silent(member, read.cause()));
                      });
            });
  }

  // A closed port or an unknown host is a node that is not there yet; what fails after that is TLS.
  private static Answer unreachable(String member, Throwable cause) {
    if (cause instanceof IOException
        && !(cause instanceof SSLException)
        && !cause.getMessage().contains("closed")) {
      return new Answer.Away(member);
    }
    return new Answer.Refused(
        member, "TLS: " + cause.getMessage() + " (cluster.tls)", cause instanceof SSLException);
  }

  private static Answer silent(String member, Throwable cause) {
    if (cause instanceof TimeoutException) {
      return new Answer.Away(member);
    }
    // Accepted, then closed without a word: with TLS 1.3 a refused client certificate looks like
    // this.
    return new Answer.Refused(
        member,
        "it closed the connection: "
            + cause.getMessage()
            + "; the nodes' cluster.tls do not fit each other",
        false);
  }

  private static Answer parse(String member, JsonObject reply) {
    return reply.getBoolean("welcome", false)
        ? new Answer.Welcome(member)
        : new Answer.Refused(
            member, reply.getString("why", "no reason given"), reply.getBoolean("lasting", true));
  }

  private static Future<JsonObject> readLine(NetSocket socket) {
    var promise = io.vertx.core.Promise.<JsonObject>promise();
    var lines = RecordParser.newDelimited("\n", socket);
    lines.maxRecordSize(MAX_LINE_BYTES);
    lines.exceptionHandler(promise::tryFail);
    lines.handler(
        buffer -> {
          try {
            promise.tryComplete(buffer.toJsonObject());
          } catch (DecodeException e) {
            promise.tryFail(e);
          }
        });
    lines.endHandler(_ -> promise.tryFail("closed"));
    return promise.future();
  }
}

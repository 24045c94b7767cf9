package org.malleposte.raft;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The nodes of one test, closed at its end. */
final class TestCluster implements AutoCloseable {
  final FakeNetwork network = new FakeNetwork();
  private final List<TestNode> nodes = new ArrayList<>();

  TestNode start(TestNode.Seat seat) throws IOException {
    var node = new TestNode(network, seat);
    nodes.add(node);
    return node;
  }

  void stop(TestNode node) {
    nodes.remove(node);
    node.close();
  }

  List<TestNode> nodes() {
    return List.copyOf(nodes);
  }

  @Override
  public void close() {
    nodes().forEach(this::stop);
  }
}

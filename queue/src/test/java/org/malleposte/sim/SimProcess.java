package org.malleposte.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.malleposte.link.Cluster;
import org.malleposte.link.ClusterView;
import org.malleposte.link.NodeLink;
import org.malleposte.runtime.Timers;

/**
 * One life of a node: its threads, timers, services and view. When it dies nothing of it happens
 * any more; while it is stopped (SIGSTOP) everything waits.
 */
final class SimProcess implements Timers, Cluster {
  private enum State {
    RUNNING,
    STOPPED,
    DEAD
  }

  final String name;
  final Map<String, NodeLink.Service> services = new HashMap<>();
  final Map<String, Instant> heard = new HashMap<>();
  private final SimWorld world;
  private final List<Consumer<ClusterView>> listeners = new ArrayList<>();
  private final List<Runnable> waiting = new ArrayList<>();
  private State state = State.RUNNING;
  private ClusterView view;

  SimProcess(String name, SimWorld world, ClusterView first) {
    this.name = name;
    this.world = world;
    this.view = first;
  }

  boolean runs() {
    return state == State.RUNNING;
  }

  boolean isAlive() {
    return state != State.DEAD;
  }

  void kill() {
    state = State.DEAD;
    waiting.clear();
  }

  void stop() {
    if (state == State.RUNNING) {
      state = State.STOPPED;
    }
  }

  void wake() {
    if (state == State.STOPPED) {
      state = State.RUNNING;
      waiting.forEach(task -> world.after(world.upTo(5), () -> run(task)));
      waiting.clear();
    }
  }

  /** Does something in this process, if it lives; later, if it is stopped. */
  void run(Runnable task) {
    switch (state) {
      case RUNNING -> task.run();
      case STOPPED -> waiting.add(task);
      case DEAD -> {}
    }
  }

  /** A thread pool whose tasks take a moment. */
  Executor threads(int millis) {
    return task -> world.after(world.upTo(millis), () -> run(task));
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    var live = new boolean[] {true};
    world.after(
        delay,
        () ->
            run(
                () -> {
                  if (live[0]) {
                    task.run();
                  }
                }));
    return () -> live[0] = false;
  }

  @Override
  public Timer every(Duration period, Runnable task) {
    var live = new boolean[] {true};
    again(period, task, live);
    return () -> live[0] = false;
  }

  private void again(Duration period, Runnable task, boolean[] live) {
    world.after(
        period,
        () ->
            run(
                () -> {
                  if (live[0]) {
                    task.run();
                    again(period, task, live);
                  }
                }));
  }

  @Override
  public ClusterView view() {
    return view;
  }

  @Override
  public void onChange(Consumer<ClusterView> listener) {
    listeners.add(listener);
  }

  void see(List<ClusterView.Member> members) {
    if (!members.equals(view.members())) {
      view = new ClusterView(view.self(), members, view.version() + 1);
      listeners.forEach(l -> l.accept(view));
    }
  }
}

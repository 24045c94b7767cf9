package org.malleposte.admin;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Objects;

/** What the HTTP interface needs of a node. */
public record AdminServices(
    Health health,
    ClusterOperations cluster,
    QueueOperations queue,
    UserOperations users,
    PrometheusMeterRegistry metrics) {
  public AdminServices {
    Objects.requireNonNull(health);
    Objects.requireNonNull(cluster);
    Objects.requireNonNull(queue);
    Objects.requireNonNull(users);
    Objects.requireNonNull(metrics);
  }
}

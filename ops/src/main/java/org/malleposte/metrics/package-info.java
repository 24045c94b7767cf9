/** Counters, timers and gauges, and how Prometheus reads them. */
package org.malleposte.metrics;

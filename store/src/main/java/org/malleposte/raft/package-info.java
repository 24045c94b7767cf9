/** Replication of shards by Apache Ratis. Only this package sees Ratis. */
package org.malleposte.raft;

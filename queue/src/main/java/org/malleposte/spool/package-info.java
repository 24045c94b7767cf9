/** This node's own durable queue: entries, bodies, news of done entries. */
package org.malleposte.spool;

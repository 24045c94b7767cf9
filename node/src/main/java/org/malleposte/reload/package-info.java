/** {@code reload} on the whole cluster: all nodes or none, in two phases over the cluster link. */
package org.malleposte.reload;

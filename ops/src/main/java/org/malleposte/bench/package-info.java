/**
 * The measuring side of {@code ops/bench}: a client that knows nothing of the server, so that ours
 * and any other are driven by the same code. Nothing of the server uses it.
 */
package org.malleposte.bench;

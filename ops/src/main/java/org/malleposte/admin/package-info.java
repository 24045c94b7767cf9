/**
 * The HTTP interface of a node: health, metrics, and what the commands need. It knows the node only
 * through {@link Health}, {@link ClusterOperations}, {@link QueueOperations} and {@link
 * UserOperations}.
 */
package org.malleposte.admin;

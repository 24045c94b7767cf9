/**
 * Local delivery: into mailboxes, by the account's Sieve script. {@code sieve} decides, this
 * package does.
 */
package org.malleposte.filter;

/**
 * SMTP and submission: bytes to lines to commands, a pure session from commands to steps, and the
 * connection that performs them.
 */
package org.malleposte.smtp;

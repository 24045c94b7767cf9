/** Dovecot's configuration files: their syntax, not what a setting means. Sees only the JDK. */
package org.malleposte.dovecot;

/** The command line. Commands that operate a running node talk to its HTTP interface. */
package org.malleposte.cli;

/** The configuration: one YAML file, the environment over it, a default for every key. */
package org.malleposte.config;

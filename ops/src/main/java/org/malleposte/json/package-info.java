/** JSON as maps, lists, strings, numbers and booleans: enough for the HTTP interface. */
package org.malleposte.json;

/** The shape of a message: header fields, addresses, the tree of its parts, text for searching. */
package org.malleposte.mime;

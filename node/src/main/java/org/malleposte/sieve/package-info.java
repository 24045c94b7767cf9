/**
 * Sieve (RFC 5228 and extensions). A script becomes words, commands, then something that can be
 * run; a run over a mail becomes a list of actions. Pure: nothing here stores or sends.
 *
 * <p>Our own and not Apache jsieve 0.8, which has neither variables nor imap4flags, date, index,
 * body, editheader, include, ihave, duplicate or mailbox, matches by {@code java.util.regex}
 * patterns made of users' wildcards, has no limits, and acts while it evaluates.
 */
package org.malleposte.sieve;

package org.malleposte.dovecot;

/**
 * Something is wrong with a file.
 *
 * @param isError Dovecot itself would not start with it
 * @param remedy what the reader should do; never empty
 */
public record DovecotProblem(DovecotPlace place, boolean isError, String what, String remedy) {}

package org.malleposte.managesieve;

import java.util.Optional;

/** What a client asked for. */
sealed interface ManageSieveCommand {
  /** What needs an account's scripts. */
  sealed interface OfScripts extends ManageSieveCommand {}

  /**
   * @param initial the initial response, decoded
   */
  record Authenticate(String mechanism, Optional<byte[]> initial) implements ManageSieveCommand {
    @Override
    public String toString() {
      return "Authenticate[" + mechanism + "]";
    }
  }

  /** The answer to a challenge, decoded. */
  record SaslResponse(byte[] data) implements ManageSieveCommand {
    @Override
    public String toString() {
      return "SaslResponse[]";
    }
  }

  /** A {@code "*"} in place of an answer. */
  record SaslCancel() implements ManageSieveCommand {}

  record StartTls() implements ManageSieveCommand {}

  record Logout() implements ManageSieveCommand {}

  record Capability() implements ManageSieveCommand {}

  record Noop(Optional<String> tag) implements ManageSieveCommand {}

  record Unauthenticate() implements ManageSieveCommand {}

  record HaveSpace(String name, long sizeBytes) implements OfScripts {}

  record PutScript(String name, byte[] text) implements OfScripts {}

  record CheckScript(byte[] text) implements OfScripts {}

  record ListScripts() implements OfScripts {}

  /**
   * @param name empty: none is active any more
   */
  record SetActive(String name) implements OfScripts {}

  record GetScript(String name) implements OfScripts {}

  record DeleteScript(String name) implements OfScripts {}

  record RenameScript(String from, String to) implements OfScripts {}

  /** Known, but not like this, or not known. */
  record Malformed(String what) implements ManageSieveCommand {}
}

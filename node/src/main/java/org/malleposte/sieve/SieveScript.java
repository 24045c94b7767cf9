package org.malleposte.sieve;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A script that was checked and can be run. Immutable. */
public final class SieveScript {
  private final List<SieveCommand> commands;

  SieveScript(List<SieveCommand> commands) {
    this.commands = List.copyOf(commands);
  }

  List<SieveCommand> commands() {
    return commands;
  }

  /** What {@code require} may name here, in Pigeonhole's words. */
  public static List<String> extensions() {
    return SieveExtension.announced();
  }

  /**
   * Reads a script, in UTF-8. Pure but for {@code source}.
   *
   * @param source asked while it reads
   */
  public static CompiledScript compile(byte[] text, ScriptSource source) {
    if (text.length > SieveLimits.SCRIPT_MAX_BYTES) {
      return invalid(
          "it has more than " + SieveLimits.SCRIPT_MAX_BYTES + " bytes", "split it with include");
    }
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder();
      return ScriptReader.read(decoder.decode(ByteBuffer.wrap(text)).toString(), source);
    } catch (CharacterCodingException e) {
      return invalid("it is not in UTF-8", "save it in UTF-8");
    }
  }

  private static CompiledScript invalid(String what, String remedy) {
    return new CompiledScript.Invalid(List.of(new ScriptProblem(1, what, remedy)));
  }
}

package org.malleposte.sieve;

import java.util.List;

/** What became of a script's text. */
public sealed interface CompiledScript {
  /**
   * @param warnings of what is allowed but cannot be meant
   */
  record Valid(SieveScript script, List<ScriptProblem> warnings) implements CompiledScript {
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * @param problems at least one, at most {@link SieveLimits#PROBLEMS_MAX}
   */
  record Invalid(List<ScriptProblem> problems) implements CompiledScript {
    public Invalid {
      problems = List.copyOf(problems);
    }
  }
}

package org.malleposte.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.malleposte.config.YamlDocument.RawValue;

/** The keys that the environment sets: {@code MALLEPOSTE_NODE_ROLE=secondary}. */
final class Environment {
  static final String PREFIX = "MALLEPOSTE_";

  /** Read by the launcher and the logging, not keys. */
  private static final Set<String> OTHERS =
      Set.of(
          "MALLEPOSTE_AOT",
          "MALLEPOSTE_CONFIG",
          "MALLEPOSTE_HOME",
          "MALLEPOSTE_JAVA_OPTS",
          "MALLEPOSTE_LOG_LEVEL",
          "MALLEPOSTE_TOKEN_FILE",
          "MALLEPOSTE_URL");

  /**
   * What Kubernetes puts into every container for a service called malleposte or malleposte-smtp.
   */
  private static final Pattern KUBERNETES =
      Pattern.compile("MALLEPOSTE(_.*)?(_SERVICE_HOST|_SERVICE_PORT(_.*)?|_PORT(_[0-9]+.*)?)");

  private Environment() {}

  /** Values by the path of their key; unknown variables with our prefix become problems. */
  static Map<String, RawValue> read(Map<String, String> environment, List<ConfigProblem> problems) {
    var keys = new HashMap<String, ConfigKey<?>>();
    ConfigKeys.ALL.forEach(key -> keys.put(key.variable(), key));
    var values = new HashMap<String, RawValue>();
    new TreeMap<>(environment)
        .forEach(
            (variable, text) -> {
              ConfigKey<?> key = keys.get(variable);
              var origin = new Origin.InEnvironment(variable);
              if (key != null) {
                take(key, text, origin, values, problems);
              } else if (isUnknown(variable)) {
                problems.add(
                    ConfigProblem.error(
                        origin,
                        "no key has this name",
                        Nearest.nearest(variable, new ArrayList<>(keys.keySet()))
                            .map(guess -> "did you mean " + guess + "?")
                            .orElse("unset it, or see malleposte check --help for the names")));
              }
            });
    return values;
  }

  private static void take(
      ConfigKey<?> key,
      String text,
      Origin origin,
      Map<String, RawValue> values,
      List<ConfigProblem> problems) {
    try {
      values.put(key.path(), new RawValue(key.type().fromEnvironment(text), origin));
    } catch (BadValueException e) {
      problems.add(ConfigProblem.error(origin, e.getMessage(), e.remedy()));
    }
  }

  private static boolean isUnknown(String variable) {
    return variable.startsWith(PREFIX)
        && !OTHERS.contains(variable)
        && !KUBERNETES.matcher(variable).matches();
  }
}

package org.malleposte.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A mapping in a YAML file of the deployment, and a way down into it. */
record Yaml(Map<String, Object> map) {
  static Yaml read(Path file) throws IOException {
    return documents(Files.readString(file)).getFirst();
  }

  /** Refuses a key that is given twice: what a reader sees first is not what counts. */
  static List<Yaml> documents(String text) {
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    var documents = new ArrayList<Yaml>();
    for (Object document :
        new org.yaml.snakeyaml.Yaml(new SafeConstructor(options)).loadAll(text)) {
      if (document != null) {
        documents.add(of(document));
      }
    }
    return documents;
  }

  private static Yaml of(Object value) {
    var map = new LinkedHashMap<String, Object>();
    ((Map<?, ?>) value).forEach((key, item) -> map.put(String.valueOf(key), item));
    return new Yaml(map);
  }

  /** What lies at {@code a.b.c}. */
  Optional<Object> find(String path) {
    Object value = map;
    for (String name : path.split("\\.")) {
      value = value instanceof Map<?, ?> here ? here.get(name) : null;
    }
    return Optional.ofNullable(value);
  }

  String text(String path) {
    return find(path).map(String::valueOf).orElse("");
  }

  /** Empty when there is none. */
  Yaml in(String path) {
    return of(find(path).orElse(Map.of()));
  }

  List<String> texts(String path) {
    return list(path).stream().map(String::valueOf).toList();
  }

  List<Yaml> maps(String path) {
    return list(path).stream().map(Yaml::of).toList();
  }

  private List<?> list(String path) {
    return find(path).map(v -> (List<?>) v).orElse(List.of());
  }
}

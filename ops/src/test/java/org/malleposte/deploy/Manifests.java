package org.malleposte.deploy;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The objects that would go to Kubernetes. */
record Manifests(List<Yaml> objects) {
  private static final Path K8S = ContainerFiles.TOP.resolve("k8s");

  /** The files of the base as they stand, which needs no tool. */
  static Manifests base() throws IOException {
    Yaml kustomization = Yaml.read(K8S.resolve("base/kustomization.yaml"));
    var objects = new ArrayList<Yaml>();
    for (String file : kustomization.texts("resources")) {
      objects.addAll(Yaml.documents(Files.readString(K8S.resolve("base").resolve(file))));
    }
    for (Yaml generator : kustomization.maps("configMapGenerator")) {
      objects.add(generated(generator));
    }
    return new Manifests(objects);
  }

  private static Yaml generated(Yaml generator) throws IOException {
    var data = new LinkedHashMap<String, Object>();
    for (String file : generator.texts("files")) {
      String[] parts = file.split("=");
      data.put(parts[0], Files.readString(K8S.resolve("base").resolve(parts[1])));
    }
    return new Yaml(
        Map.of(
            "kind", "ConfigMap", "metadata", Map.of("name", generator.text("name")), "data", data));
  }

  /** What {@code kubectl} makes of an overlay; the test is skipped where there is none. */
  static Manifests rendered(String overlay) throws IOException, InterruptedException {
    Process process = kustomize(K8S.resolve("overlays").resolve(overlay));
    String rendered = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError("kubectl kustomize refuses " + overlay);
    }
    return new Manifests(Yaml.documents(rendered));
  }

  private static Process kustomize(Path overlay) {
    try {
      return new ProcessBuilder("kubectl", "kustomize", overlay.toString())
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException _) {
      return abort("kubectl is not installed");
    }
  }

  List<Yaml> of(String kind) {
    return objects.stream().filter(object -> object.text("kind").equals(kind)).toList();
  }

  Yaml of(String kind, String name) {
    return of(kind).stream()
        .filter(object -> object.text("metadata.name").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " " + name));
  }
}

package org.malleposte.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
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
    assumeTrue(kubectl("version", "--client") != null, "kubectl is not installed");
    String rendered = kubectl("kustomize", K8S.resolve("overlays").resolve(overlay).toString());
    if (rendered == null) {
      throw new AssertionError("kubectl kustomize refuses " + overlay);
    }
    return new Manifests(Yaml.documents(rendered));
  }

  /** Null when it cannot be run or fails. */
  private static String kubectl(String... arguments) throws InterruptedException {
    var command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException _) {
      return null;
    }
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? output : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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

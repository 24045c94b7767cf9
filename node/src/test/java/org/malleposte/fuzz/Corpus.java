package org.malleposte.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What targets begin with: their seeds, and every find of the past, a file each. */
final class Corpus {
  private static final String DIRECTORY = "fuzz";

  private Corpus() {}

  static List<byte[]> of(FuzzTarget target) {
    var all = new ArrayList<>(target.seeds().get());
    all.addAll(finds(target));
    return all;
  }

  private static List<byte[]> finds(FuzzTarget target) {
    var url = Corpus.class.getClassLoader().getResource(DIRECTORY + "/" + target.name());
    if (url == null) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(Path.of(url.toURI()))) {
      return files.sorted().map(Fuzz::read).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

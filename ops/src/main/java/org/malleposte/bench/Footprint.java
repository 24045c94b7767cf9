package org.malleposte.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM on this machine holds, in bytes.
 *
 * @param heapBytes live objects, after a full collection
 * @param bufferBytes what NMT calls Other: direct buffers; 0 where it is not tracked
 * @param residentBytes of the process, its free heap included
 */
record Footprint(long heapBytes, long bufferBytes, long residentBytes) {
  private static final Pattern LIVE = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");
  private static final Pattern BUFFERS =
      Pattern.compile("(?m)^- +Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");
  private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB");

  /** Asks a process by {@code jcmd}; it needs {@code -XX:NativeMemoryTracking=summary}. Blocks. */
  static Footprint of(long pid) throws IOException, InterruptedException {
    // The histogram of live objects collects first.
    long heap = number(LIVE, jcmd(pid, "GC.class_histogram"));
    long buffers = number(BUFFERS, jcmd(pid, "VM.native_memory", "summary"));
    long resident = number(RESIDENT, Files.readString(Path.of("/proc/" + pid + "/status")));
    return new Footprint(heap, buffers << 10, resident << 10);
  }

  private static String jcmd(long pid, String... command) throws IOException, InterruptedException {
    var line = new java.util.ArrayList<String>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    line.add(Long.toString(pid));
    line.addAll(java.util.List.of(command));
    var process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(said);
    }
    return said;
  }

  private static long number(Pattern pattern, String text) {
    Matcher found = pattern.matcher(text);
    return found.find() ? Long.parseLong(found.group(1)) : 0;
  }
}

package org.sessionledger.core.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Another JVM with the class path of this one; what it says on standard output can be read. */
public final class ChildJvm implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.UTF_8);
  }

  public static ChildJvm start(Class<?> main, String... arguments) {
    return start(Redirect.INHERIT, List.of(), main, arguments);
  }

  /**
   * A JVM of which somebody may want to read what it says on standard error.
   *
   * @param errors where that goes
   * @param options of the JVM
   */
  public static ChildJvm start(
      Redirect errors, List<String> options, Class<?> main, String... arguments) {
    return start(errors, options, System.getProperty("java.class.path"), main, arguments);
  }

  /** A JVM that lacks what an optional dependency would bring. */
  public static ChildJvm startWithout(Class<?> optional, Class<?> main, String... arguments) {
    return startWithout(List.of(optional), main, arguments);
  }

  /** A JVM that lacks the jars of some classes. */
  public static ChildJvm startWithout(
      List<? extends Class<?>> optional, Class<?> main, String... arguments) {
    Set<Path> jars =
        optional.stream()
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .map(Path::of)
            .collect(Collectors.toSet());
    String classPath =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !jars.contains(Path.of(entry)))
            .collect(Collectors.joining(File.pathSeparator));
    return start(Redirect.INHERIT, List.of(), classPath, main, arguments);
  }

  private static ChildJvm start(
      Redirect errors, List<String> options, String classPath, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(options);
    command.addAll(List.of("-cp", classPath));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    try {
      return new ChildJvm(new ProcessBuilder(command).redirectError(errors).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next line; null when the child is gone. */
  public String line() {
    try {
      return output.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads until it says something; what else is said there, such as logged, is passed over. */
  public void awaitLine(String expected) {
    String line = line();
    while (!expected.equals(line)) {
      if (line == null) {
        throw new AssertionError("it ended before it said '" + expected + "'");
      }
      line = line();
    }
  }

  public long pid() {
    return process.pid();
  }

  /** kill -9; what it said before can still be read, as {@code Process} itself would not allow. */
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Asks it to end, and waits for its end. */
  public void end() {
    process.destroy();
    process.onExit().join();
  }

  /** Kills it when it still runs, and waits for its end. */
  @Override
  public void close() {
    kill();
    process.onExit().join();
  }
}

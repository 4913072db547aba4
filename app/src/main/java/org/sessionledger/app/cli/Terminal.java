package org.sessionledger.app.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a verb reads and writes.
 *
 * @param interactive a person reads stdout: JSON is indented for him
 * @param watched a person sees stderr: progress is welcome
 * @param colour colour is welcome, too
 * @param environment the environment variables
 * @param program how this program was started, so that a hint can be copied
 */
record Terminal(
    InputStream in,
    PrintWriter out,
    PrintWriter err,
    boolean interactive,
    boolean watched,
    boolean colour,
    Map<String, String> environment,
    String program) {

  /** The process's own. */
  static Terminal ofProcess() {
    Map<String, String> environment = System.getenv();
    boolean interactive = isTerminal();
    return new Terminal(
        new FileInputStream(FileDescriptor.in),
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        interactive,
        interactive || isTerminal(2),
        interactive
            && environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(environment.get("TERM")),
        environment,
        program(System.getProperty("java.class.path", "")));
  }

  /** Both stdin and stdout are. */
  @SuppressWarnings("SystemConsoleNull") // A newer Java, which always has a console, is asked, too.
  private static boolean isTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true; // Before Java 22 there is a console on a terminal only.
    }
  }

  /** Where Linux shows it; Java itself only knows of stdin and stdout together. */
  private static boolean isTerminal(int descriptor) {
    try {
      String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  /** JSON is UTF-8 whatever the locale is. */
  private static PrintWriter utf8(FileDescriptor to) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(to), StandardCharsets.UTF_8), true);
  }

  /** {@code java -jar} makes the jar, as it was typed, the whole class path. */
  private static String program(String classPath) {
    return classPath.endsWith(".jar") && classPath.indexOf(java.io.File.pathSeparatorChar) < 0
        ? "java -jar " + Shell.quote(classPath)
        : "session-ledger";
  }

  Style style() {
    return new Style(colour);
  }
}

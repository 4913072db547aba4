package org.sessionledger.app.faults;

import java.io.IOException;

/** Programs of the operating system. */
final class Commands {

  private Commands() {}

  /** Runs one; false when there is none, or it failed. */
  static boolean run(String... words) {
    try {
      Process process =
          new ProcessBuilder(words)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

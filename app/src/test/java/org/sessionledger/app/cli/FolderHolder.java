package org.sessionledger.app.cli;

import java.nio.file.Path;

/** Holds a data folder, as a process of its own, until its stdin ends. */
final class FolderHolder {

  private FolderHolder() {}

  public static void main(String[] args) throws Exception {
    try (DataFolder held = DataFolder.take(Path.of(args[0])).orElseThrow()) {
      System.out.println("holding " + held.path());
      while (System.in.read() >= 0) {
        // Nothing but the end counts.
      }
    }
  }
}

package org.sessionledger.bench;

import java.nio.file.Path;

/** The JVM that runs this, for children. */
final class Java {

  static final String COMMAND = Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private Java() {}
}

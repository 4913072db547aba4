package org.sessionledger.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version that the build wrote down. */
public final class ProgramVersion {

  private ProgramVersion() {}

  /** For example {@code 0.1.0}; {@code unknown} where no build wrote one. */
  public static String number() {
    try (InputStream in = ProgramVersion.class.getResourceAsStream("/session-ledger.properties")) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

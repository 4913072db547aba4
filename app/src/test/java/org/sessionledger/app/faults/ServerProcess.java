package org.sessionledger.app.faults;

import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sessionledger.app.SessionLedgerMain;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.testing.ChildJvm;

/** {@code session-ledger serve} as a process of its own. */
final class ServerProcess implements AutoCloseable {

  private final ChildJvm process;
  private final URI uri;

  private ServerProcess(ChildJvm process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /**
   * Starts a server; when this returns, it answers.
   *
   * @param place where its ledger is: a folder, or a JDBC URL
   * @param log what it says on standard error is added there
   */
  static ServerProcess start(String place, Path log) {
    return start(place, log, 0);
  }

  static ServerProcess start(String place, Path log, int port) {
    List<String> arguments =
        new ArrayList<>(List.of("serve", "--no-auth", "--port", "" + port, "--json"));
    arguments.addAll(List.of(place.startsWith("jdbc:") ? "--jdbc-url" : "--data", place));
    ChildJvm process =
        ChildJvm.start(
            Redirect.appendTo(log.toFile()),
            // As the program logs, whatever else is on the class path of the tests.
            List.of(
                "-Dlogback.configurationFile=logback.xml",
                "-Dlogging.config=classpath:logback.xml"),
            SessionLedgerMain.class,
            arguments.toArray(String[]::new));
    String line = process.line();
    if (line == null) {
      throw new AssertionError("the server did not start, see " + log);
    }
    return new ServerProcess(process, URI.create(Json.tree(line).path("address").textValue()));
  }

  URI uri() {
    return uri;
  }

  long pid() {
    return process.pid();
  }

  /** kill -9. */
  void kill() {
    process.kill();
  }

  /** Asks it to end, as whoever runs a service does, and waits for its end. */
  void end() {
    process.end();
  }

  /** Kills it when it still runs, and waits for its end. */
  @Override
  public void close() {
    process.close();
  }
}

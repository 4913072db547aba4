package org.sessionledger.app.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.ledger.Durability;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A verb that is told where a ledger is. */
@Command
abstract class StoreVerb extends Verb {

  static final String PASSWORD_VARIABLE = "SESSION_LEDGER_JDBC_PASSWORD";

  /** A token to show a server instead of the data folder's own. */
  static final String TOKEN_VARIABLE = "SESSION_LEDGER_TOKEN";

  private static final String DEFAULT_FOLDER = "ledger-data";
  private static final int LATE = 900;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      order = LATE,
      description =
          "The data folder, made when absent; ./ledger-data when not given. While a server runs on"
              + " it, the verb asks that server.")
  private @Nullable String data;

  @Option(
      names = "--jdbc-url",
      paramLabel = "URL",
      order = LATE + 1,
      description = "A PostgreSQL database instead, such as jdbc:postgresql://host/ledger.")
  private @Nullable String jdbcUrl;

  @Option(
      names = "--jdbc-user",
      paramLabel = "NAME",
      order = LATE + 2,
      description =
          "Its user; the password comes from the environment variable " + PASSWORD_VARIABLE + ".")
  private @Nullable String jdbcUser;

  @Option(
      names = "--fsync",
      order = LATE + 3,
      description =
          "Wait for the disk once a group, so that what is acknowledged in a data folder survives a"
              + " power cut; without it, it survives the end of the process. PostgreSQL always"
              + " waits.")
  private boolean fsync;

  StoreVerb(Terminal terminal) {
    super(terminal);
  }

  /** True when the caller said where the ledger is. */
  final boolean saysWhere() {
    return data != null || jdbcUrl != null;
  }

  /** Where the ledger is, as options that can be copied; empty for the default folder. */
  final String whereOptions() {
    if (jdbcUrl != null) {
      String user = jdbcUser == null ? "" : " --jdbc-user " + Shell.quote(jdbcUser);
      return " --jdbc-url " + Shell.quote(jdbcUrl) + user;
    }
    return data == null ? "" : " --data " + Shell.quote(data);
  }

  /** The ledger that it was told of. */
  final LedgerDoor.Opened openLedger() {
    return LedgerDoor.open(storage(), ownToken());
  }

  /** Shown to a server instead of the data folder's own; null: none. */
  final @Nullable String ownToken() {
    String token = terminal().environment().get(TOKEN_VARIABLE);
    return token == null || token.isBlank() ? null : token.strip();
  }

  final LedgerStorage storage() {
    if (jdbcUrl != null) {
      if (data != null) {
        throw wrongUsage("--data and --jdbc-url exclude each other: a ledger is in one place");
      }
      if (!jdbcUrl.startsWith("jdbc:")) {
        throw wrongUsage("--jdbc-url is no JDBC URL such as jdbc:postgresql://host/ledger");
      }
      if (fsync) {
        throw wrongUsage("--fsync is for --data; a PostgreSQL waits for its disk by itself");
      }
      return new LedgerStorage.Database(
          jdbcUrl, jdbcUser, terminal().environment().get(PASSWORD_VARIABLE));
    }
    if (jdbcUser != null) {
      throw wrongUsage("--jdbc-user needs --jdbc-url");
    }
    return new LedgerStorage.Folder(
        path("--data", data == null ? DEFAULT_FOLDER : data),
        fsync ? Durability.POWER_LOSS : Durability.PROCESS_CRASH);
  }

  /** A gateway's folder, which is there and can be read. */
  final Path folder(String name, String text) {
    Path path = path(name, text);
    if (!Files.exists(path)) {
      throw new Failure(text + " does not exist.");
    }
    if (!Files.isDirectory(path)) {
      throw new Failure(text + " is no folder; a recording of frames is for openclaw replay.");
    }
    if (!Files.isReadable(path)) {
      throw new Failure(text + " cannot be read: permission denied.");
    }
    return path;
  }

  /** An option's or a parameter's text as a path. */
  final Path path(String name, String text) {
    if (text.isEmpty()) {
      throw wrongUsage(name + " is empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw wrongUsage(
          name + " is no path here: '" + text + "' (" + e.getReason() + "; is the locale UTF-8?)");
    }
  }
}

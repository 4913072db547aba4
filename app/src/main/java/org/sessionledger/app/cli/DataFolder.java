package org.sessionledger.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.core.session.Json;

/**
 * A data folder in the hands of this process, and of no other until it is closed. Taken before the
 * database in it is opened. A server that runs on it leaves its address there.
 */
final class DataFolder implements AutoCloseable {

  private static final String LOCK_FILE = "session-ledger.lock";
  private static final String SERVER_FILE = "server.json";

  /** Far behind the holder's pid, which others must be able to read where locks are mandatory. */
  private static final long LOCKED_BYTE = 1L << 30;

  /**
   * Folders of this JVM. Closing any channel to a lock file would give up the process's lock on it,
   * so no second one is ever opened here.
   */
  private static final Set<Path> MINE = ConcurrentHashMap.newKeySet();

  /**
   * A server that runs on a data folder.
   *
   * @param address its base address, for example {@code http://127.0.0.1:8080}
   * @param token an admin's, for whoever may read the folder; null: of an older version
   * @param certificate SHA-256 of what it proves itself with, in hexadecimal; null: plain HTTP
   */
  record Server(
      URI address,
      long pid,
      Instant startedAt,
      @Nullable String token,
      @Nullable String certificate) {

    /** Without the token. */
    @Override
    public String toString() {
      return "Server[" + address + ", process " + pid + "]";
    }
  }

  private final Path folder;
  private final FileChannel channel;

  private DataFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Takes a folder, making it when absent.
   *
   * @return empty when another process has it
   * @throws Failure when it is no folder, or not writable
   */
  static Optional<DataFolder> take(Path path) {
    try {
      Path folder = made(path);
      return MINE.add(folder) ? lock(folder) : Optional.empty();
    } catch (AccessDeniedException e) {
      throw new Failure("The data folder " + path + " is not writable.", e);
    } catch (IOException e) {
      throw new Failure("The data folder " + path + " cannot be used: " + reason(e) + ".", e);
    }
  }

  private static Path made(Path path) throws IOException {
    try {
      // As the ledger itself makes it.
      return path.getFileSystem().supportedFileAttributeViews().contains("posix")
          ? Files.createDirectories(
                  path,
                  PosixFilePermissions.asFileAttribute(
                      PosixFilePermissions.fromString("rwx------")))
              .toRealPath()
          : Files.createDirectories(path).toRealPath();
    } catch (FileAlreadyExistsException e) {
      throw new Failure("The data folder " + path + " is a file, not a folder.", e);
    }
  }

  private static Optional<DataFolder> lock(Path folder) throws IOException {
    boolean taken = false;
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
      taken = lock != null;
      if (!taken) {
        return Optional.empty();
      }
      DataFolder mine = new DataFolder(folder, channel);
      channel.truncate(0);
      channel.write(utf8(ProcessHandle.current().pid() + "\n"), 0);
      Files.deleteIfExists(folder.resolve(SERVER_FILE)); // A dead server's.
      return Optional.of(mine);
    } finally {
      if (!taken) {
        MINE.remove(folder);
        if (channel != null) {
          channel.close();
        }
      }
    }
  }

  /** The server that the holder of a folder runs on it; empty when it runs none. */
  static Optional<Server> server(Path path) {
    try {
      Path folder = path.toRealPath();
      JsonNode node =
          Json.mapper()
              .readTree(Files.readString(folder.resolve(SERVER_FILE), StandardCharsets.UTF_8));
      Server server =
          new Server(
              URI.create(node.path("address").asText()),
              node.path("pid").asLong(),
              Instant.parse(node.path("startedAt").asText()),
              node.path("token").textValue(),
              node.path("certificate").textValue());
      // A file of a dead server must not lead to whoever listens on its port now.
      return holder(folder).filter(pid -> pid == server.pid()).map(pid -> server);
    } catch (JsonProcessingException | IllegalArgumentException | java.time.DateTimeException e) {
      return Optional.empty(); // No file of ours, or half of one.
    } catch (IOException e) {
      return Optional.empty(); // No server.
    }
  }

  /** The process that holds a folder, as far as can be seen. */
  static Optional<Long> holder(Path path) {
    try {
      Path folder = path.toRealPath();
      if (MINE.contains(folder)) {
        return Optional.of(ProcessHandle.current().pid());
      }
      String pid = Files.readString(folder.resolve(LOCK_FILE), StandardCharsets.UTF_8).trim();
      return pid.isEmpty() ? Optional.empty() : Optional.of(Long.valueOf(pid));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  Path path() {
    return folder;
  }

  /** Leaves the address of a server that listens, and a key to it for this folder's owner. */
  void announce(LedgerServer server) {
    X509Certificate certificate = server.certificate();
    announce(
        server.uri(),
        server.localToken(),
        certificate == null ? null : PinnedCertificate.fingerprint(certificate));
  }

  void announce(URI address, @Nullable String token, @Nullable String certificate) {
    try {
      Path draft = folder.resolve(SERVER_FILE + ".new");
      Files.deleteIfExists(draft);
      if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.createFile(
            draft,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      ObjectNode document =
          Json.mapper()
              .createObjectNode()
              .put("address", address.toString())
              .put("pid", ProcessHandle.current().pid())
              .put("startedAt", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
      if (token != null) {
        document.put("token", token);
      }
      if (certificate != null) {
        document.put("certificate", certificate);
      }
      Files.writeString(draft, document + "\n", StandardCharsets.UTF_8);
      Files.move(draft, folder.resolve(SERVER_FILE), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Failure(
          "The server's address cannot be written to the data folder " + folder + ": " + reason(e),
          e);
    }
  }

  /** Takes the address away and lets the folder go. */
  @Override
  public void close() {
    if (!MINE.contains(folder)) {
      return;
    }
    try (channel) {
      Files.deleteIfExists(folder.resolve(SERVER_FILE));
    } catch (IOException e) {
      // The lock ends with the process at the latest, and a stale address is never believed.
    } finally {
      MINE.remove(folder);
    }
  }

  private static ByteBuffer utf8(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** An I/O failure in words; the class names what the message, often only a path, does not. */
  static String reason(IOException e) {
    String name = e.getClass().getSimpleName().replaceAll("Exception$", "");
    String words = name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(java.util.Locale.ROOT);
    return e.getMessage() == null || e.getMessage().isBlank()
        ? words
        : words + ", " + e.getMessage();
  }
}

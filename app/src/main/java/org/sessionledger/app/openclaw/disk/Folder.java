package org.sessionledger.app.openclaw.disk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** A folder that is only looked into; links that lead out of it are told, and not followed. */
final class Folder {

  private final Path root;
  private final Findings findings;

  /**
   * @param root as the caller named it: a link there is the caller's own wish
   */
  Folder(Path root, Findings findings) throws IOException {
    this.root = root.toRealPath();
    this.findings = findings;
  }

  Path root() {
    return root;
  }

  /** How a path below is told. */
  String name(Path path) {
    return root.equals(path) ? "." : root.relativize(path).toString().replace('\\', '/');
  }

  /** The plain files and folders of a folder, by name. */
  List<Path> list(Path folder) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      for (Path entry : stream) {
        entries.add(entry);
      }
    } catch (IOException | RuntimeException e) {
      findings.unreadable(Where.of(name(folder)), "cannot be listed: " + reason(e));
    }
    entries.sort(null);
    return entries;
  }

  boolean isFolder(Path path) {
    return is(path, true);
  }

  boolean isFile(Path path) {
    return is(path, false);
  }

  private boolean is(Path path, boolean folder) {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return false;
    }
    if (attributes.isSymbolicLink()) {
      findings.unreadable(Where.of(name(path)), "is a symbolic link, which is not followed");
      return false;
    }
    if (attributes.isOther()) {
      findings.unreadable(Where.of(name(path)), "is neither a file nor a folder");
      return false;
    }
    return folder ? attributes.isDirectory() : attributes.isRegularFile();
  }

  /** Opens a file for reading; a link in its place is not followed. */
  static InputStream open(Path file) throws IOException {
    return Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS);
  }

  static String reason(Exception e) {
    String message = e.getMessage();
    String kind = e.getClass().getSimpleName();
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileSystemException || message == null ? kind : message;
  }
}

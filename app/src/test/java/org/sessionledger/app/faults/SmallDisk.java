package org.sessionledger.app.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file system of its own that can be filled up. It takes root, or the test is skipped. */
final class SmallDisk implements AutoCloseable {

  private static final int CHUNK = 1 << 16;

  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  static SmallDisk mount(Path root, int mebibytes) {
    make(root);
    boolean mounted =
        Commands.run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", "" + root);
    assumeTrue(mounted, "no small disk: mounting one takes root on a Linux");
    return new SmallDisk(root);
  }

  private static void make(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path root() {
    return root;
  }

  /** Leaves no byte free. */
  void fill() {
    try (FileChannel file =
        FileChannel.open(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      while (true) {
        file.write(ByteBuffer.allocate(CHUNK));
      }
    } catch (IOException e) {
      if (root.toFile().getUsableSpace() > 0) {
        throw new UncheckedIOException("not full yet", e);
      }
    }
  }

  /** Makes room again. */
  void clear() {
    try {
      Files.delete(ballast());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path ballast() {
    return root.resolve("ballast");
  }

  @Override
  public void close() {
    if (!Commands.run("umount", "" + root)) {
      throw new IllegalStateException("cannot unmount " + root);
    }
  }
}

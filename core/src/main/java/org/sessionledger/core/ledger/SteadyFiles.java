package org.sessionledger.core.ledger;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * Files of an embedded database that an interrupted thread reads and writes like any other. A
 * runtime interrupts the threads of the runs that it cancels, and a {@link FileChannel} is closed,
 * for everybody, when a thread is interrupted in it. H2's own answer, {@code async:}, hands each
 * read to another thread, which takes longer than the read.
 *
 * <p>H2 makes instances by itself, hence public.
 */
public final class SteadyFiles extends FilePathWrapper {

  /** What stands before a path in a database's URL. */
  static final String SCHEME = "steady";

  /** Makes the scheme known to H2. */
  static void register() {
    FilePath.register(new SteadyFiles());
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return new Opened(name.substring(getPrefix().length()), mode);
  }

  /** Reading and writing have a lock each, and none in common. */
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  private static final class Opened extends FileBaseDefault {

    private final String path;

    /** Beside the other one, so that who reads a page need not wait until a group is written. */
    private final RandomAccessFile reading;

    private final RandomAccessFile writing;

    Opened(String path, String mode) throws IOException {
      this.path = path;
      this.writing = new RandomAccessFile(path, mode);
      this.reading = new RandomAccessFile(path, "r");
    }

    @Override
    public int read(ByteBuffer to, long position) throws IOException {
      byte[] bytes = to.hasArray() ? to.array() : new byte[to.remaining()];
      int offset = to.hasArray() ? to.arrayOffset() + to.position() : 0;
      int read;
      synchronized (reading) {
        reading.seek(position);
        read = reading.read(bytes, offset, to.remaining());
      }
      if (read > 0 && to.hasArray()) {
        to.position(to.position() + read);
      } else if (read > 0) {
        to.put(bytes, 0, read);
      }
      return read;
    }

    @Override
    public int write(ByteBuffer from, long position) throws IOException {
      int length = from.remaining();
      byte[] bytes = from.hasArray() ? from.array() : new byte[length];
      int offset = from.hasArray() ? from.arrayOffset() + from.position() : 0;
      if (!from.hasArray()) {
        from.duplicate().get(bytes);
      }
      synchronized (writing) {
        writing.seek(position);
        writing.write(bytes, offset, length);
      }
      from.position(from.limit());
      return length;
    }

    @Override
    public long size() throws IOException {
      return writing.length();
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      // It moves the place at which is written next.
      synchronized (writing) {
        if (size < writing.length()) {
          writing.setLength(size);
        }
      }
    }

    @Override
    public void force(boolean metaData) throws IOException {
      writing.getFD().sync();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return writing.getChannel().tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      try (reading) {
        writing.close();
      }
    }

    @Override
    public String toString() {
      return SCHEME + ':' + path;
    }
  }
}

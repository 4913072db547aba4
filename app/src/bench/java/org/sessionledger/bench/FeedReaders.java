package org.sessionledger.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many readers of one live feed on one thread, so that as little as possible of what is measured is
 * the client. All of them get the same bytes. Some read every byte, and know where each message
 * ends; the others count the bytes, and note when they had how many.
 */
final class FeedReaders implements AutoCloseable {

  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final String MARK = "\nevent: session.changed\ndata: ";

  /** When a reader had how many bytes of the feed. */
  static final class Arrivals {

    private long[] nanos = new long[256];
    private long[] bytes = new long[256];
    private int count;

    void add(long now, long total) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
        bytes = Arrays.copyOf(bytes, 2 * count);
      }
      nanos[count] = now;
      bytes[count++] = total;
    }

    int count() {
      return count;
    }

    long nanos(int i) {
      return nanos[i];
    }

    long bytes(int i) {
      return bytes[i];
    }

    long total() {
      return count == 0 ? 0 : bytes[count - 1];
    }
  }

  /** One connection: strips the head and the chunks of HTTP as it reads. */
  static final class Reader {

    private final SocketChannel channel;
    private final Arrivals arrivals = new Arrivals();
    private final StringBuilder text;
    private int headSeen;
    private boolean inBody;
    private long left;
    private long size;
    private int lineEnds;
    private boolean sizeKnown;
    private long total;

    Reader(SocketChannel channel, boolean readsAll) {
      this.channel = channel;
      this.text = readsAll ? new StringBuilder() : null;
    }

    Arrivals arrivals() {
      return arrivals;
    }

    private void take(ByteBuffer buffer, long now) {
      long before = total;
      while (buffer.hasRemaining()) {
        if (!inBody) {
          byte next = buffer.get();
          headSeen = next == HEAD_END[headSeen] ? headSeen + 1 : next == '\r' ? 1 : 0;
          inBody = headSeen == HEAD_END.length;
        } else if (left > 0) {
          int length = (int) Math.min(left, buffer.remaining());
          if (text != null) {
            text.append(StandardCharsets.UTF_8.decode(buffer.slice().limit(length)));
          }
          buffer.position(buffer.position() + length);
          left -= length;
          total += length;
        } else {
          byte next = buffer.get();
          int digit = Character.digit(next, 16);
          if (digit >= 0) {
            size = size * 16 + digit;
            sizeKnown = true;
          } else if (next == '\n' && sizeKnown) {
            left = size;
            size = 0;
            sizeKnown = false;
          }
        }
      }
      if (total > before) {
        arrivals.add(now, total);
      }
    }
  }

  private final Selector selector = Selector.open();
  private final List<Reader> readers = new ArrayList<>();
  private final Thread thread = new Thread(this::read, "feed-readers");
  private volatile boolean closing;
  private volatile IOException failure;

  /**
   * Connects; when this returns, every request has been sent.
   *
   * @param readAll how many of them read every byte
   */
  FeedReaders(URI server, String path, int count, int readAll) throws IOException {
    byte[] request =
        ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < count; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(server.getHost(), server.getPort()));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.write(ByteBuffer.wrap(request));
      channel.configureBlocking(false);
      Reader reader = new Reader(channel, i < readAll);
      readers.add(reader);
      channel.register(selector, SelectionKey.OP_READ, reader);
    }
    thread.start();
  }

  List<Reader> readers() {
    return readers;
  }

  private void read() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
    try {
      while (!closing) {
        selector.select(
            key -> {
              try {
                buffer.clear();
                Reader reader = (Reader) key.attachment();
                if (reader.channel.read(buffer) < 0) {
                  throw new IOException("the server ended a reader");
                }
                reader.take(buffer.flip(), System.nanoTime());
              } catch (IOException e) {
                failure = e;
                key.cancel();
              }
            },
            100);
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  void requireAlive() {
    if (failure != null) {
      throw new IllegalStateException("a reader broke", failure);
    }
  }

  /** Stops reading, so that what was read can be looked at. */
  void stop() throws InterruptedException {
    closing = true;
    selector.wakeup();
    thread.join();
    requireAlive();
  }

  /** After {@link #stop}: where each message of one that read every byte ends, in bytes. */
  long[] ends(int reader) {
    // The text is ASCII: characters are bytes.
    String text = readers.get(reader).text.toString();
    List<Long> ends = new ArrayList<>();
    for (int at = text.indexOf(MARK); at >= 0; at = text.indexOf(MARK, at + 1)) {
      int end = text.indexOf("\n\n", at);
      if (end >= 0) {
        ends.add(end + 2L);
      }
    }
    return ends.stream().mapToLong(Long::longValue).toArray();
  }

  /** After {@link #stop}: the ids that one that read every byte was told of. */
  long[] ids(int reader) {
    return readers
        .get(reader)
        .text
        .toString()
        .lines()
        .filter(line -> line.startsWith("id: "))
        .mapToLong(line -> Long.parseLong(line.substring(4)))
        .toArray();
  }

  @Override
  public void close() throws Exception {
    closing = true;
    selector.wakeup();
    thread.join();
    for (Reader each : readers) {
      each.channel.close();
    }
    selector.close();
  }
}

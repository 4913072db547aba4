package org.sessionledger.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One kept-alive connection that posts one request after the other; a new one after a pause, since
 * servers close those that rest. A socket and nothing else, so that as little as possible of what
 * is measured is the client.
 */
final class HttpConnection implements AutoCloseable {

  private static final int BUFFER_BYTES = 1 << 16;

  private static final long REST_NANOS_MAX = 5_000_000_000L;

  private final URI uri;
  private Socket socket;
  private InputStream in;
  private long usedAt;

  HttpConnection(URI uri) {
    this.uri = uri;
    try {
      socket = connect();
      in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    usedAt = System.nanoTime();
  }

  private Socket connect() throws IOException {
    Socket connected = new Socket(uri.getHost(), uri.getPort());
    connected.setTcpNoDelay(true);
    return connected;
  }

  /** The answer's body; it must be 200. */
  String post(String contentType, String body) throws IOException {
    if (System.nanoTime() - usedAt > REST_NANOS_MAX) {
      socket.close();
      socket = connect();
      in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("POST /v1/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                + contentType
                + "\r\nContent-Length: "
                + bytes.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[head.length + bytes.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(bytes, 0, request, head.length, bytes.length);
    socket.getOutputStream().write(request);
    String status = line();
    int length = -1;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(lower.indexOf(':') + 1).strip());
      }
    }
    String answer =
        new String(length >= 0 ? in.readNBytes(length) : chunks(), StandardCharsets.UTF_8);
    if (!status.startsWith("HTTP/1.1 200")) {
      throw new IllegalStateException(status + ": " + answer);
    }
    usedAt = System.nanoTime();
    return answer;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream(BUFFER_BYTES);
    for (int size = size(); size > 0; size = size()) {
      all.write(in.readNBytes(size));
      line();
    }
    line();
    return all.toByteArray();
  }

  private int size() throws IOException {
    return Integer.parseInt(line(), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the server hung up after: " + line);
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

package org.sessionledger.app.api;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Sends what no HTTP library would. */
final class RawSocket {

  record Answer(int status, String head, String body) {}

  private RawSocket() {}

  /** One request on a connection of its own; the server is to close it. */
  static Answer send(URI server, String request) {
    return send(server, request.getBytes(StandardCharsets.ISO_8859_1));
  }

  static Answer send(URI server, byte[] request) {
    String answer = exchange(server, request);
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new AssertionError("no HTTP answer but '" + answer + "'");
    }
    return new Answer(
        Integer.parseInt(answer.split(" ", 3)[1]),
        answer.substring(0, end),
        unchunked(answer.substring(0, end), answer.substring(end + 4)));
  }

  /** All that the server says to all that is sent on one connection. */
  static String exchange(URI server, String requests) {
    return exchange(server, requests.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String exchange(URI server, byte[] requests) {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(requests);
      socket.getOutputStream().flush();
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What the server says to a request whose end never comes, until it closes the connection. */
  static String toUnfinished(URI server, String request) {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setSoTimeout(30_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static Answer get(URI server, String target) {
    return send(server, "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  private static String unchunked(String head, String body) {
    if (!head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked")) {
      return body;
    }
    StringBuilder out = new StringBuilder();
    byte[] rest = body.getBytes(StandardCharsets.UTF_8);
    int at = 0;
    while (at < rest.length) {
      int line = at;
      while (rest[line] != '\r') {
        line++;
      }
      int size = Integer.parseInt(new String(rest, at, line - at, StandardCharsets.UTF_8), 16);
      out.append(new String(rest, line + 2, size, StandardCharsets.UTF_8));
      at = line + 2 + size + 2;
      if (size == 0) {
        break;
      }
    }
    return out.toString();
  }
}

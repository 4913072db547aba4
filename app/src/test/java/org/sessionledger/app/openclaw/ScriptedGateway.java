package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sessionledger.core.session.Json;

/**
 * A gateway on loopback that does to each connection what a test says, frames that are cut in the
 * middle included. A connection more than there are scripts is closed at once.
 */
public final class ScriptedGateway implements AutoCloseable {

  public static final String TOKEN = "gw-token-0123456789abcdef";

  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  /** What happens on one connection, after the upgrade. */
  @FunctionalInterface
  public interface Script {

    void play(Peer peer) throws IOException;
  }

  private final ServerSocket server;
  private final List<Script> scripts;
  private final Thread thread = new Thread(this::serve, "scripted-gateway");

  /** Nano times at which connections were accepted. */
  final List<Long> accepted = new CopyOnWriteArrayList<>();

  /** What a script threw: a client that went away, or a test's own assertion. */
  final List<Throwable> thrown = new CopyOnWriteArrayList<>();

  /** Requests that came, over all connections. */
  public final List<JsonNode> requests = new CopyOnWriteArrayList<>();

  public ScriptedGateway(Script... scripts) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.scripts = List.of(scripts);
    thread.setDaemon(true);
    thread.start();
  }

  public URI uri() {
    return URI.create("ws://127.0.0.1:" + server.getLocalPort());
  }

  /** True when the last script has begun. */
  boolean isAtLast() {
    return accepted.size() >= scripts.size();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        socket.setTcpNoDelay(true);
        int number = accepted.size();
        accepted.add(System.nanoTime());
        if (number < scripts.size()) {
          Peer peer = new Peer(socket);
          peer.upgrade();
          scripts.get(number).play(peer);
        }
      } catch (IOException | RuntimeException | AssertionError e) {
        if (!server.isClosed()) {
          thrown.add(e);
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /** The gateway's end of a connection. */
  public final class Peer {

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** The close code that the client sent; 0 before. */
    int closedWith;

    private long pings;

    Peer(Socket socket) throws IOException {
      this.socket = socket;
      this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      this.out = socket.getOutputStream();
    }

    private void upgrade() throws IOException {
      String key = "";
      for (String line = line(); !line.isEmpty(); line = line()) {
        if (line.toLowerCase(Locale.ROOT).startsWith("sec-websocket-key:")) {
          key = line.substring(line.indexOf(':') + 1).strip();
        }
      }
      try {
        byte[] sha =
            MessageDigest.getInstance("SHA-1")
                .digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
        String answer =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: "
                + Base64.getEncoder().encodeToString(sha)
                + "\r\n\r\n";
        out.write(answer.getBytes(StandardCharsets.US_ASCII));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int b = in.read(); b != '\n'; b = in.read()) {
        if (b < 0) {
          throw new EOFException();
        }
        line.append((char) b);
      }
      return line.toString().strip();
    }

    private void frame(int opcode, boolean last, byte[] payload) throws IOException {
      out.write(header(opcode, last, payload.length));
      out.write(payload);
    }

    private static byte[] header(int opcode, boolean last, int length) {
      byte first = (byte) ((last ? 0x80 : 0) | opcode);
      if (length < 126) {
        return new byte[] {first, (byte) length};
      }
      if (length < 65_536) {
        return new byte[] {first, 126, (byte) (length >> 8), (byte) length};
      }
      byte[] header = {first, 127, 0, 0, 0, 0, 0, 0, 0, 0};
      for (int i = 0; i < 4; i++) {
        header[9 - i] = (byte) (length >> (8 * i));
      }
      return header;
    }

    public void send(String text) throws IOException {
      frame(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(Object frame) throws IOException {
      send(Json.write(frame));
    }

    public void event(String event, Map<String, Object> payload) throws IOException {
      send(Tape.map("type", "event", "event", event, "payload", payload));
    }

    /** In several frames of the protocol. */
    void sendInParts(String text, int bytesOfPart) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      for (int from = 0; from < bytes.length; from += bytesOfPart) {
        int to = Math.min(bytes.length, from + bytesOfPart);
        frame(from == 0 ? TEXT : 0, to == bytes.length, Arrays.copyOfRange(bytes, from, to));
      }
    }

    /** Promises a whole frame, sends half of it, and drops the socket. */
    void sendHalf(String text) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.write(header(TEXT, true, bytes.length));
      out.write(bytes, 0, bytes.length / 2);
      drop();
    }

    void binary(byte[] bytes) throws IOException {
      frame(BINARY, true, bytes);
    }

    void raw(byte[] bytes) throws IOException {
      out.write(bytes);
    }

    public void drop() throws IOException {
      socket.close();
    }

    /** Without a code, as a gateway's client closes; waits for the client to do the same. */
    public void close() throws IOException {
      frame(CLOSE, true, new byte[0]);
      awaitEnd();
    }

    void close(int code, String reason) throws IOException {
      byte[] words = reason.getBytes(StandardCharsets.UTF_8);
      byte[] payload = new byte[words.length + 2];
      payload[0] = (byte) (code >> 8);
      payload[1] = (byte) code;
      System.arraycopy(words, 0, payload, 2, words.length);
      frame(CLOSE, true, payload);
      awaitEnd();
    }

    /** Until the client is gone; answers its pings meanwhile. */
    public void awaitEnd() {
      try {
        while (text() != null) {
          // Whatever it still says.
        }
      } catch (IOException e) {
        // It is gone.
      }
    }

    /** Until the client pings; it is answered. */
    void awaitPing() throws IOException {
      long before = pings;
      while (pings == before) {
        message();
      }
    }

    /** The client's next text; null when it closed. Pings are answered. */
    private String text() throws IOException {
      String text;
      do {
        text = message();
      } while (text != null && text.isEmpty());
      return text;
    }

    /** One message: a text, nothing in particular, or null when the client closed. */
    private String message() throws IOException {
      int first = in.readUnsignedByte();
      int second = in.readUnsignedByte();
      long length = second & 0x7f;
      if (length == 126) {
        length = in.readUnsignedShort();
      } else if (length == 127) {
        length = in.readLong();
      }
      byte[] mask = new byte[4];
      in.readFully(mask);
      byte[] payload = new byte[(int) length];
      in.readFully(payload);
      for (int i = 0; i < payload.length; i++) {
        payload[i] ^= mask[i % 4];
      }
      switch (first & 0x0f) {
        case TEXT -> {
          return new String(payload, StandardCharsets.UTF_8);
        }
        case PING -> {
          pings++;
          frame(PONG, true, payload);
        }
        case CLOSE -> {
          closedWith =
              payload.length < 2 ? 1_005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
          return null;
        }
        default -> {
          // A pong, or what this client never sends.
        }
      }
      return "";
    }

    /** The client's next request, whatever it asks; null when it closed. */
    JsonNode request() throws IOException {
      String text = text();
      if (text == null) {
        return null;
      }
      JsonNode request = Json.tree(text);
      requests.add(request);
      return request;
    }

    /** The client's next request, which must be this one. */
    public JsonNode expect(String method) throws IOException {
      JsonNode request = request();
      if (request == null) {
        throw new EOFException("closed before " + method);
      }
      if (!request.path("method").asText().equals(method)) {
        throw new AssertionError("not " + method + " but " + request);
      }
      return request;
    }

    /** Challenge and hello. */
    void welcome(Object hello) throws IOException {
      challenge();
      JsonNode connect = expect("connect");
      if (!connect.at("/params/auth/token").asText().equals(TOKEN)) {
        throw new AssertionError("the token is not the gateway's");
      }
      answer(connect, hello);
    }

    public void answer(JsonNode request, Object payload) throws IOException {
      send(Tape.map("type", "res", "id", request.get("id"), "ok", true, "payload", payload));
    }

    void refuse(JsonNode request, Map<String, Object> error) throws IOException {
      send(Tape.map("type", "res", "id", request.get("id"), "ok", false, "error", error));
    }

    public void challenge() throws IOException {
      event("connect.challenge", Tape.map("nonce", "n-1", "ts", 1));
    }

    /** Challenge, hello, subscription and a listing of nothing. */
    public void greet(Object hello) throws IOException {
      greet(hello, Tape.map("sessions", List.of(), "hasMore", false));
    }

    void greet(Object hello, Object listing) throws IOException {
      welcome(hello);
      answer(expect("sessions.subscribe"), Tape.map("subscribed", true));
      answer(expect("sessions.list"), listing);
    }

    public void greet() throws IOException {
      greet(hello("boot-1"));
    }
  }

  static Map<String, Object> hello(String bootId) {
    Map<String, Object> server = Tape.map("version", "2026.9.6", "connId", "c");
    if (bootId != null) {
      server.put("bootId", bootId);
    }
    return Tape.map(
        "type",
        "hello-ok",
        "protocol",
        4,
        "server",
        server,
        "auth",
        Tape.map("role", "operator", "scopes", List.of("operator.read")),
        "snapshot",
        Tape.map("uptimeMs", 900_000));
  }

  /**
   * The connections of a recording, as somebody with the scope to read sees them: what is answered
   * to others is not for him. A connection after the first one lists what the recorded one listed.
   */
  static Script[] of(List<JsonNode> lines, FrameFilter filter) {
    List<Script> scripts = new ArrayList<>();
    List<JsonNode> frames = new ArrayList<>();
    boolean restarted = false;
    for (JsonNode line : lines) {
      JsonNode frame = line.get("frame");
      frames.add(frame);
      boolean closed = frame.path("type").asText().equals("_close");
      if (closed || line == lines.get(lines.size() - 1)) {
        scripts.add(connection(List.copyOf(frames), restarted, filter));
        frames.clear();
        restarted = true;
      }
    }
    return scripts.toArray(Script[]::new);
  }

  /** All of a recording's events, once. */
  public static Script[] of(Recording recording) throws IOException {
    return of(FollowRecordingsTest.lines(recording), event -> 1);
  }

  /** Which events are sent, and how often. */
  @FunctionalInterface
  interface FrameFilter {

    int times(JsonNode event);
  }

  private static Script connection(List<JsonNode> frames, boolean restarted, FrameFilter filter) {
    return peer -> {
      JsonNode hello =
          frames.stream()
              .map(frame -> frame.path("payload"))
              .filter(payload -> payload.path("type").asText().equals("hello-ok"))
              .findFirst()
              .orElseThrow();
      Optional<JsonNode> listing =
          frames.stream()
              .map(frame -> frame.path("payload"))
              .filter(payload -> payload.path("sessions").isArray())
              .reduce((earlier, later) -> later);
      ObjectNode now = hello.deepCopy();
      if (restarted) {
        now.withObject("/snapshot").put("uptimeMs", 0);
      }
      Object nothing = Tape.map("sessions", List.of(), "hasMore", false);
      peer.greet(now, restarted ? listing.map(Object.class::cast).orElse(nothing) : nothing);
      for (JsonNode frame : frames) {
        String event = frame.path("event").asText();
        if (frame.path("type").asText().equals("event") && !event.equals("connect.challenge")) {
          for (int i = filter.times(frame); i > 0; i--) {
            peer.send(frame);
          }
        }
      }
      JsonNode last = frames.get(frames.size() - 1);
      if (last.path("code").asInt() == 1_006) {
        peer.drop();
      } else {
        peer.close();
      }
    };
  }
}

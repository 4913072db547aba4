package org.sessionledger.app.openclaw.follow;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Secret;

/** One WebSocket: whole frames go into the inbox, and no more are asked for than it can hold. */
final class GatewaySocket implements AutoCloseable {

  private static final int TOO_BIG = 1_009;
  private static final int REASON_MAX = 200;

  private final Inbox inbox;
  private final WebSocket socket;
  private final Duration patience;

  private GatewaySocket(Inbox inbox, WebSocket socket, Duration patience) {
    this.inbox = inbox;
    this.socket = socket;
    this.patience = patience;
  }

  static HttpClient client(FollowOptions.Patience patience) {
    return HttpClient.newBuilder()
        .proxy(HttpClient.Builder.NO_PROXY) // A token takes no detour.
        .connectTimeout(patience.connect())
        .build();
  }

  /**
   * @param stopped makes it give up
   */
  static GatewaySocket connect(
      HttpClient http, FollowOptions options, Inbox inbox, CompletableFuture<?> stopped)
      throws ConnectionLost, GatewayError, InterruptedException {
    Duration patience = options.patience().connect();
    Receiver receiver = new Receiver(inbox, options);
    CompletableFuture<WebSocket> connecting =
        http.newWebSocketBuilder().connectTimeout(patience).buildAsync(options.url(), receiver);
    try {
      CompletableFuture.anyOf(connecting, stopped)
          .get(patience.toMillis() + 1_000, TimeUnit.MILLISECONDS);
      if (!connecting.isDone()) {
        abortLate(connecting);
        throw new ConnectionLost(ConnectionLost.NO_CODE, "it was told to stop");
      }
      return new GatewaySocket(inbox, connecting.get(), patience);
    } catch (TimeoutException e) {
      abortLate(connecting);
      throw new ConnectionLost(ConnectionLost.NO_CODE, "nobody answered in time");
    } catch (ExecutionException e) {
      Throwable cause = cause(e);
      if (cause instanceof WebSocketHandshakeException refused
          && refused.getResponse().statusCode() < 500) {
        throw new GatewayError(
            GatewayError.Kind.NO_GATEWAY,
            options.url()
                + " is no gateway's WebSocket: it answered "
                + refused.getResponse().statusCode()
                + ". Check the port and the path.");
      }
      throw new ConnectionLost(
          ConnectionLost.NO_CODE, "no connection: " + words(cause, options.token()));
    }
  }

  private static void abortLate(CompletableFuture<WebSocket> connecting) {
    CompletableFuture<Void> unused =
        connecting.handle(
            (late, failed) -> {
              if (late != null) {
                late.abort();
              }
              return null;
            });
  }

  void send(String text) throws ConnectionLost, InterruptedException {
    sent(socket.sendText(text, true));
  }

  void ping() throws ConnectionLost, InterruptedException {
    sent(socket.sendPing(ByteBuffer.allocate(0)));
  }

  private void sent(Future<WebSocket> sending) throws ConnectionLost, InterruptedException {
    try {
      sending.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // What was heard before, and the end that was told, count more than this.
      inbox.end(new ConnectionLost(ConnectionLost.NO_CODE, "nothing can be sent any more"));
    }
  }

  /** Asks for another frame. */
  void more() {
    socket.request(1);
  }

  /** Says good-bye when there is somebody to hear it. */
  @Override
  public void close() {
    if (socket.isOutputClosed()) {
      socket.abort();
      return;
    }
    socket
        .sendClose(WebSocket.NORMAL_CLOSURE, "")
        .orTimeout(200, TimeUnit.MILLISECONDS)
        .handle((done, failed) -> null)
        .join();
    socket.abort();
  }

  private static Throwable cause(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String words(Throwable cause, Secret token) {
    String message = cause.getMessage();
    String text = message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    return cut(text, token);
  }

  /** Cut after the token was taken out: the first half of one is not recognised. */
  private static String cut(String words, Secret token) {
    String text = token.redactPieces(words);
    return text.length() <= REASON_MAX ? text : text.substring(0, REASON_MAX) + "…";
  }

  /** The JDK calls it from one thread at a time. */
  private static final class Receiver implements WebSocket.Listener {

    private final Inbox inbox;
    private final int charsMax;
    private final Clock clock;
    private final Secret token;
    private StringBuilder parts = new StringBuilder();
    private long bytes;
    private boolean over;

    Receiver(Inbox inbox, FollowOptions options) {
      this.inbox = inbox;
      this.charsMax = options.limits().frameChars();
      this.clock = options.clock();
      this.token = options.token();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      if (over) {
        return null;
      }
      inbox.heard();
      if ((long) parts.length() + data.length() > charsMax) {
        refuse(socket, "a frame is longer than " + charsMax + " characters");
        return null;
      }
      parts.append(data);
      if (last) {
        String text = parts.toString();
        parts = new StringBuilder(); // A long one would be held for ever.
        ask(socket, inbox.put(new Inbox.Text(text, clock.millis(), System.nanoTime())));
      } else {
        socket.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      if (over) {
        return null;
      }
      inbox.heard();
      bytes += data.remaining();
      if (last) {
        ask(socket, inbox.put(new Inbox.Binary(bytes)));
        bytes = 0;
      } else {
        socket.request(1);
      }
      return null;
    }

    private static void ask(WebSocket socket, boolean room) {
      if (room) {
        socket.request(1);
      }
    }

    private void refuse(WebSocket socket, String why) {
      over = true;
      parts = new StringBuilder();
      inbox.end(new ConnectionLost(TOO_BIG, why));
      CompletableFuture<Void> unused =
          socket
              .sendClose(TOO_BIG, "frame too long")
              .orTimeout(1, TimeUnit.SECONDS)
              .handle(
                  (done, failed) -> {
                    socket.abort();
                    return null;
                  });
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
      inbox.heard();
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      inbox.heard();
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      // The JDK says 1006 for a socket that just ended. That a process died, the next hello tells.
      boolean told = code != 1_006;
      String words = reason.isBlank() ? "" : ": " + cut(reason, token);
      inbox.end(
          new ConnectionLost(
              told ? code : ConnectionLost.NO_CODE,
              told ? "the gateway closed with " + code + words : "the socket broke"));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      inbox.end(
          new ConnectionLost(ConnectionLost.NO_CODE, "the socket broke: " + words(error, token)));
      socket.abort();
    }
  }
}

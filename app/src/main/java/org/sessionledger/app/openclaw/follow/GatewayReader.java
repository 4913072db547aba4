package org.sessionledger.app.openclaw.follow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.FrameText;
import org.sessionledger.app.openclaw.MalformedFrame;
import org.sessionledger.app.openclaw.follow.GatewayError.Kind;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;

/**
 * Asks one gateway what it shows, over one connection, with the scope to read. It subscribes to
 * nothing, and what the gateway says unasked is passed over.
 */
public final class GatewayReader implements AutoCloseable {

  private final FollowOptions options;
  private final FrameText frameText;
  private final Inbox inbox;
  private final GatewaySocket socket;
  private @Nullable String version;
  private long requests;
  private boolean challenged;
  private @Nullable String awaited;
  private @Nullable JsonNode answer;
  private @Nullable String unreadable;

  private GatewayReader(FollowOptions options, Inbox inbox, GatewaySocket socket) {
    this.options = options;
    this.frameText = new FrameText(options.token());
    this.inbox = inbox;
    this.socket = socket;
  }

  /**
   * Connects and introduces itself.
   *
   * @throws GatewayError when the gateway does not answer, or does not let itself be read
   */
  public static GatewayReader connect(FollowOptions options)
      throws GatewayError, InterruptedException {
    Inbox inbox = new Inbox(options.limits());
    GatewayReader reader;
    try {
      reader =
          new GatewayReader(
              options,
              inbox,
              GatewaySocket.connect(
                  GatewaySocket.client(options.patience()),
                  options,
                  inbox,
                  new CompletableFuture<Void>()));
    } catch (ConnectionLost lost) {
      throw lost(options, lost);
    }
    boolean greeted = false;
    try {
      reader.greet();
      greeted = true;
      return reader;
    } finally {
      if (!greeted) {
        reader.close();
      }
    }
  }

  /** What the gateway says that it is; null when it does not say. */
  public @Nullable String version() {
    return version;
  }

  private void greet() throws GatewayError, InterruptedException {
    try {
      JsonNode hello;
      try {
        await(() -> challenged, "challenge");
        hello = request("connect", Handshake.params(options));
      } catch (ConnectionLost lost) {
        Refusals.raiseClosed(lost);
        throw lost;
      }
      Handshake.check(hello);
      JsonNode told = hello.path("server").path("version");
      version = told.isTextual() ? told.asText() : null;
    } catch (ConnectionLost lost) {
      throw lost(options, lost);
    }
  }

  /**
   * Every page of the listing, one after the other.
   *
   * @param page takes the answer to {@code sessions.list}
   * @return false when the gateway's paging does not come to an end
   */
  public boolean list(Consumer<JsonNode> page) throws GatewayError, InterruptedException {
    try {
      long offset = 0;
      for (int pages = 0; pages < options.limits().listPages(); pages++) {
        ObjectNode params = JsonNodeFactory.instance.objectNode().put("limit", Follower.PAGE);
        if (offset > 0) {
          params.put("offset", offset);
        }
        JsonNode rows = request("sessions.list", params);
        page.accept(rows);
        if (!rows.path("hasMore").asBoolean(false)) {
          return true;
        }
        long next = rows.path("nextOffset").asLong(0);
        if (next <= offset) {
          return false;
        }
        offset = next;
      }
      return false;
    } catch (ConnectionLost lost) {
      throw lost(options, lost);
    }
  }

  /** The answer to {@code sessions.describe}. */
  public JsonNode describe(SessionKey key) throws GatewayError, InterruptedException {
    try {
      return request(
          "sessions.describe", JsonNodeFactory.instance.objectNode().put("key", key.value()));
    } catch (ConnectionLost lost) {
      throw lost(options, lost);
    }
  }

  /**
   * Lets time pass; the gateway is listened to meanwhile, or it would drop this client. To be
   * called with no time at all while other work is done.
   */
  public void rest(Duration duration) throws GatewayError, InterruptedException {
    try {
      pump(duration, () -> false);
    } catch (ConnectionLost lost) {
      throw lost(options, lost);
    }
  }

  private static GatewayError lost(FollowOptions options, ConnectionLost lost) {
    return new GatewayError(
        Kind.NOT_CONNECTED, options.url() + " cannot be read: " + lost.why() + ".");
  }

  private JsonNode request(String method, ObjectNode params)
      throws ConnectionLost, GatewayError, InterruptedException {
    String id = "sl-doctor-" + ++requests;
    ObjectNode frame = JsonNodeFactory.instance.objectNode();
    frame.put("type", "req").put("id", id).put("method", method).set("params", params);
    if (method.equals("connect")) {
      Handshake.reveal(params, options.token());
    }
    awaited = id;
    answer = null;
    socket.send(Json.write(frame));
    await(() -> answer != null, "answer to " + method);
    JsonNode answered = answer;
    answer = null;
    if (answered == null) {
      throw new IllegalStateException("waited for an answer, and there is none");
    }
    if (!answered.path("ok").asBoolean(false)) {
      Refusals.raise(answered, method, options.token());
    }
    return answered.path("payload");
  }

  private void await(BooleanSupplier done, String what)
      throws ConnectionLost, InterruptedException {
    Duration patience = options.patience().answer();
    unreadable = null;
    if (!pump(patience, done)) {
      throw new ConnectionLost(
          ConnectionLost.NO_CODE,
          "no "
              + what
              + " within "
              + patience.toMillis()
              + " ms"
              + (unreadable == null ? "" : "; a frame came that " + unreadable));
    }
  }

  /** Hears what comes until something is so, what waits already at least; false at the end. */
  private boolean pump(Duration most, BooleanSupplier done)
      throws ConnectionLost, InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    long left = most.toNanos();
    do {
      for (Inbox.Message message : inbox.take(Math.max(0, left), socket::more)) {
        if (message instanceof Inbox.Text text) {
          hear(text.text());
        }
      }
      left = end - System.nanoTime();
    } while (!done.getAsBoolean() && left > 0);
    return done.getAsBoolean();
  }

  private void hear(String text) {
    JsonNode frame;
    try {
      frame = frameText.read(text);
    } catch (MalformedFrame e) {
      unreadable = e.getMessage();
      return;
    }
    String type = frame.path("type").asText("");
    challenged |=
        type.equals("event") && frame.path("event").asText("").equals("connect.challenge");
    if (type.equals("res") && answer == null && frame.path("id").asText("").equals(awaited)) {
      answer = frame;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}

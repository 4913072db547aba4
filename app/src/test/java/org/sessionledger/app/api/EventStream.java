package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;

/** A reader of a live feed, over a real socket; reads by the letter of Server-Sent Events. */
public final class EventStream implements AutoCloseable {

  private static final int PATIENCE_SECONDS = 20;

  public record Message(long id, String event, JsonNode data) {}

  /** The connection ended; {@code clean} when the server ended it in good order. */
  public record End(boolean clean) {}

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final InputStream body;
  private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

  private EventStream(InputStream body) {
    this.body = body;
  }

  /** When this returns, the server has taken the reader in. */
  public static EventStream open(
      URI server, String path, @Nullable Long lastEventId, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.resolve(path)).header("Accept", "text/event-stream");
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId.toString());
    }
    try {
      HttpResponse<InputStream> answer =
          HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      if (answer.statusCode() != 200) {
        throw new AssertionError(
            answer.statusCode()
                + " "
                + new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
      }
      if (!answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
        throw new AssertionError(answer.headers());
      }
      EventStream stream = new EventStream(answer.body());
      Thread thread = new Thread(stream::read, "event-stream");
      thread.setDaemon(true);
      thread.start();
      return stream;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    long id = 0;
    String event = "message";
    String data = null;
    boolean clean = false;
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int colon = line.indexOf(':');
        String value = line.substring(Math.min(line.length(), colon + 2));
        if (line.startsWith("id:")) {
          id = Long.parseLong(value);
        } else if (line.startsWith("event:")) {
          event = value;
        } else if (line.startsWith("data:")) {
          data = value;
        } else if (line.isEmpty() && data != null) {
          heard.add(new Message(id, event, Json.tree(data)));
          data = null;
        }
      }
      clean = true;
    } catch (IOException e) {
      // Told by the end.
    }
    heard.add(new End(clean));
  }

  private Object hear() {
    try {
      Object next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("nothing comes");
      }
      return next;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public Message next() {
    if (hear() instanceof Message message) {
      return message;
    }
    throw new AssertionError("the stream ended");
  }

  List<Message> next(int count) {
    List<Message> messages = new ArrayList<>();
    while (messages.size() < count) {
      messages.add(next());
    }
    return messages;
  }

  /** Everything up to a message with an id. */
  List<Message> upTo(long id) {
    List<Message> messages = new ArrayList<>();
    do {
      messages.add(next());
    } while (messages.get(messages.size() - 1).id() < id);
    return messages;
  }

  /** What is left until the server ends it. */
  public End end() {
    while (true) {
      if (hear() instanceof End end) {
        return end;
      }
    }
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

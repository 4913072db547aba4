package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A frame's text, read token by token: what the decoder reads is kept, with numbers and flags of
 * any name, and all other text is passed over. So content costs no memory, is in no recording, and
 * a frame of 25 MiB becomes a small one. The token is taken out of whatever is kept.
 */
public final class FrameText {

  /** Values that are kept of one frame: a page of a listing has far fewer. */
  static final int VALUES_MAX = 200_000;

  /** Longest text that {@code openclaw replay} reads as one line, whatever its encoding. */
  public static final int LINE_CHARS_MAX = RecordingReader.LINE_BYTES_MAX / 4;

  private static final int NAME_MAX = 64;

  /** Objects that are looked into. */
  private static final Set<String> OBJECTS =
      Set.of(
          "params",
          "payload",
          "session",
          "data",
          "entry",
          "result",
          "checkpoint",
          "preCompaction",
          "snapshot",
          "server",
          "auth",
          "policy",
          "error",
          "details",
          "errorObservation");

  private static final Set<String> LISTS = Set.of("presence", "sessions", "scopes", "activeRunIds");

  /** Those of them whose texts are kept. */
  private static final Set<String> TEXT_LISTS = Set.of("scopes", "activeRunIds");

  /** Texts that are kept. */
  private static final Set<String> TEXTS =
      Set.of(
          "type",
          "id",
          "method",
          "event",
          "key",
          "sessionId",
          "sessionKey",
          "sourceKey",
          "parentSessionKey",
          "mode",
          "host",
          "bootId",
          "version",
          "connId",
          "stream",
          "runId",
          "phase",
          "status",
          "stopReason",
          "error",
          "failoverReason",
          "reason",
          "operation",
          "operationId",
          "code",
          "state",
          "agentId",
          "spawnedBy",
          "livenessState",
          "lastRunId",
          "lifecycleRevision",
          "role");

  /** Flags that the decoder insists on. */
  private static final Set<String> FLAGS = Set.of("hasActiveRun", "systemSent");

  /** What a gateway tells nobody on purpose. */
  private static final Pattern SECRET_NAME =
      Pattern.compile("token|secret|passw|api_?key|authorization|credential|nonce|signature");

  private static final JsonFactory JSON = new JsonFactory();

  private final Secret secret;

  public FrameText(Secret secret) {
    this.secret = secret;
  }

  /**
   * The frame without its content.
   *
   * @throws MalformedFrame when the text is not one JSON object
   */
  public JsonNode read(String text) throws MalformedFrame {
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedFrame("is no JSON object");
      }
      ObjectNode frame = new Reading(parser).object("");
      if (parser.nextToken() != null) {
        throw new MalformedFrame("has something after its end");
      }
      return frame;
    } catch (JsonProcessingException e) {
      throw new MalformedFrame("is not JSON: " + problem(e));
    } catch (IOException e) {
      throw new IllegalStateException("a text cannot be read", e);
    }
  }

  /** The parser's words may quote the text. */
  private String problem(JsonProcessingException e) {
    String message = secret.redactPieces(e.getOriginalMessage());
    return message.length() <= 200 ? message : message.substring(0, 200) + "…";
  }

  /** Whether a number is the token. */
  private boolean isSecret(JsonParser parser) throws IOException {
    return secret.isNumber() && !secret.redact(parser.getText()).equals(parser.getText());
  }

  /** One frame, as it is read. */
  private final class Reading {

    private final JsonParser parser;
    private int values;

    Reading(JsonParser parser) {
      this.parser = parser;
    }

    ObjectNode object(String in) throws IOException, MalformedFrame {
      ObjectNode kept = JsonNodeFactory.instance.objectNode();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonNode value = value(in, name, parser.nextToken());
        if (value != null) {
          String shown = secret.redact(name);
          if (kept.has(shown)) {
            throw new MalformedFrame("has the field '" + shown + "' twice");
          }
          kept.set(shown, count(value));
        }
      }
      return kept;
    }

    private @Nullable JsonNode value(String in, String name, JsonToken token)
        throws IOException, MalformedFrame {
      JsonNodeFactory nodes = JsonNodeFactory.instance;
      boolean text = TEXTS.contains(name) || (in.equals("error") && name.equals("message"));
      // Of the wrong type is not the same as absent: what the decoder reads leaves a trace.
      boolean read = text || OBJECTS.contains(name) || LISTS.contains(name) || FLAGS.contains(name);
      switch (token) {
        case START_OBJECT -> {
          if (OBJECTS.contains(name)) {
            return object(name);
          }
          parser.skipChildren();
          return read ? nodes.objectNode() : null;
        }
        case START_ARRAY -> {
          if (LISTS.contains(name)) {
            return list(name);
          }
          parser.skipChildren();
          return read ? nodes.arrayNode() : null;
        }
        case VALUE_STRING -> {
          if (text) {
            return nodes.textNode(secret.redact(parser.getText()));
          }
          return read ? nodes.textNode("") : null;
        }
        case VALUE_NUMBER_INT -> {
          return fits(name) ? whole() : null;
        }
        case VALUE_NUMBER_FLOAT -> {
          return fits(name) ? nodes.numberNode(parser.getDoubleValue()) : null;
        }
        case VALUE_TRUE, VALUE_FALSE -> {
          return fits(name) ? nodes.booleanNode(token == JsonToken.VALUE_TRUE) : null;
        }
        default -> {
          return fits(name) ? nodes.nullNode() : null;
        }
      }
    }

    private JsonNode whole() throws IOException {
      if (isSecret(parser)) {
        return JsonNodeFactory.instance.textNode(Secret.REDACTED);
      }
      JsonNodeFactory nodes = JsonNodeFactory.instance;
      return switch (parser.getNumberType()) {
        case INT, LONG -> nodes.numberNode(parser.getLongValue());
        // A stamp that is no stamp: nothing reads it.
        default -> nodes.numberNode(parser.getDoubleValue());
      };
    }

    private boolean fits(String name) {
      return name.length() <= NAME_MAX;
    }

    private ArrayNode list(String name) throws IOException, MalformedFrame {
      ArrayNode kept = JsonNodeFactory.instance.arrayNode();
      JsonToken token;
      while ((token = parser.nextToken()) != JsonToken.END_ARRAY && token != null) {
        if (token == JsonToken.START_OBJECT) {
          kept.add(count(object(name)));
        } else if (token == JsonToken.VALUE_STRING && TEXT_LISTS.contains(name)) {
          kept.add(count(JsonNodeFactory.instance.textNode(secret.redact(parser.getText()))));
        } else {
          parser.skipChildren();
        }
      }
      return kept;
    }

    private JsonNode count(JsonNode value) throws MalformedFrame {
      if (++values > VALUES_MAX) {
        throw new MalformedFrame("has more than " + VALUES_MAX + " values");
      }
      return value;
    }
  }

  /** Copies the whole frame, content and all, but no secrets; the text was read before. */
  public void copy(String text, Writer to) throws IOException {
    JsonGenerator out = JSON.createGenerator(to);
    out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    try (JsonParser parser = JSON.createParser(text)) {
      String name = "";
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME) {
          name = parser.currentName();
          out.writeFieldName(secret.redact(name));
        } else if (token == JsonToken.VALUE_STRING) {
          boolean told = !SECRET_NAME.matcher(name.toLowerCase(Locale.ROOT)).find();
          out.writeString(told ? secret.redact(parser.getText()) : Secret.REDACTED);
        } else if (token == JsonToken.VALUE_NUMBER_INT && isSecret(parser)) {
          out.writeString(Secret.REDACTED);
        } else {
          out.copyCurrentEvent(parser);
        }
      }
    }
    out.close();
  }
}

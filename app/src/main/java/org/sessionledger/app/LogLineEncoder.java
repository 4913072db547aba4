package org.sessionledger.app;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.sessionledger.core.identity.Text;
import org.sessionledger.core.session.Json;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line. What a runtime sent may be anything: it is cut, and what could move a
 * terminal's cursor or break the line is escaped. Public because Logback makes it by name.
 */
public final class LogLineEncoder extends EncoderBase<ILoggingEvent> {

  /** Longest value of a key, in characters. */
  static final int VALUE_MAX = 256;

  /** Longest message, in characters. */
  static final int MESSAGE_MAX = 2_048;

  /** Longest stack trace, in characters. */
  static final int TRACE_MAX = 16_384;

  private static final byte[] NONE = new byte[0];

  @Override
  public byte[] headerBytes() {
    return NONE;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("at", event.getInstant().toString());
    line.put("level", event.getLevel().toString());
    line.put("logger", event.getLoggerName());
    line.put("message", cut(String.valueOf(event.getFormattedMessage()), MESSAGE_MAX));
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        put(line, pair);
      }
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      line.put("error", cut(ThrowableProxyUtil.asString(thrown), TRACE_MAX));
    }
    return (escape(Json.write(line)) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] footerBytes() {
    return NONE;
  }

  private static void put(ObjectNode line, KeyValuePair pair) {
    if (line.has(pair.key)) {
      return;
    }
    if (pair.value instanceof Long || pair.value instanceof Integer) {
      line.put(pair.key, ((Number) pair.value).longValue());
    } else if (pair.value != null) {
      line.put(pair.key, cut(pair.value.toString(), VALUE_MAX));
    }
  }

  private static String cut(String text, int max) {
    String cut = Text.cut(text, max);
    return cut.length() == text.length() ? text : cut + "… (" + Text.length(text) + " characters)";
  }

  /** Jackson escapes what JSON demands; invisible and direction-changing characters are more. */
  private static String escape(String json) {
    StringBuilder out = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (harmless(
          c, i + 1 < json.length() ? json.charAt(i + 1) : ' ', i > 0 ? json.charAt(i - 1) : ' ')) {
        out.append(c);
      } else {
        out.append(String.format("\\u%04x", (int) c));
      }
    }
    return out.toString();
  }

  private static boolean harmless(char c, char next, char before) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          false;
      case Character.SURROGATE ->
          Character.isSurrogatePair(c, next) || Character.isSurrogatePair(before, c);
      default -> true;
    };
  }
}

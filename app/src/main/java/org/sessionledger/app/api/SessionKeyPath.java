package org.sessionledger.app.api;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request's path as it came over the wire, with the session key taken out. Web servers and
 * frameworks decode, split and normalise paths in steps of their own; a key may hold {@code /},
 * {@code ;}, {@code %} or be {@code ..}, so it is cut out before any of that happens and decoded
 * exactly once.
 *
 * @param route the path to dispatch on, with a placeholder for the key
 * @param key the decoded key; null when it cannot be decoded
 * @param problem why it cannot be decoded; null when it can
 */
record SessionKeyPath(String route, @Nullable String key, @Nullable String problem) {

  /** Where the parsed path travels with the request. */
  static final String ATTRIBUTE = SessionKeyPath.class.getName();

  /** Where the path as it was sent travels. */
  static final String SENT = ATTRIBUTE + ".sent";

  private static final String PREFIX = "/v1/sessions/";

  private static final String PLACEHOLDER = "-";

  private static final Pattern BELOW = Pattern.compile("(?:/[a-z]+)?");

  /** No resource has this path; what is not routable is sent there to be told so. */
  private static final String NOWHERE = "/v1/nowhere";

  /**
   * Parses a raw path.
   *
   * @return null when the path names no session
   */
  static @Nullable SessionKeyPath parse(String rawPath) {
    if (!rawPath.startsWith(PREFIX)) {
      return null;
    }
    int end = rawPath.indexOf('/', PREFIX.length());
    String segment = rawPath.substring(PREFIX.length(), end < 0 ? rawPath.length() : end);
    String below = end < 0 ? "" : rawPath.substring(end);
    Matcher routable = BELOW.matcher(below);
    if (!routable.matches()) {
      return new SessionKeyPath(NOWHERE, null, null);
    }
    String route = PREFIX + PLACEHOLDER + below;
    try {
      return new SessionKeyPath(route, decode(segment, false), null);
    } catch (IllegalArgumentException e) {
      return new SessionKeyPath(route, null, e.getMessage());
    }
  }

  /**
   * The session key that a request names.
   *
   * @throws ApiProblem when it names none
   */
  static String key(HttpServletRequest request) {
    if (!(request.getAttribute(ATTRIBUTE) instanceof SessionKeyPath path)) {
      throw Problems.noSuchPath(request.getRequestURI());
    }
    if (path.key == null) {
      throw Problems.badParameter("sessionKey", String.valueOf(path.problem));
    }
    return path.key;
  }

  /**
   * Percent-decodes UTF-8, once and strictly.
   *
   * @param form true for a query, where {@code +} is a space
   * @throws IllegalArgumentException when it is not percent-encoded UTF-8; the message is the rest
   *     of a sentence
   */
  static String decode(String encoded, boolean form) {
    ByteBuffer bytes = ByteBuffer.allocate(encoded.length());
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        int high = digit(encoded, i + 1);
        int low = digit(encoded, i + 2);
        if (high < 0 || low < 0) {
          throw new IllegalArgumentException(
              "has a '%' that two hexadecimal digits do not follow; a '%' itself is written %25");
        }
        bytes.put((byte) (high << 4 | low));
        i += 2;
      } else {
        bytes.put((byte) (form && c == '+' ? ' ' : c));
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("is not UTF-8 after percent-decoding", e);
    }
  }

  private static int digit(String encoded, int index) {
    int c = index < encoded.length() ? encoded.charAt(index) : -1;
    // Character.digit also takes the digits of other scripts.
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}

package org.sessionledger.app.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Documents as HTTP answers. */
final class Answers {

  static final String JSON = MediaType.APPLICATION_JSON_VALUE;
  static final String NDJSON = MediaType.APPLICATION_NDJSON_VALUE;
  static final String EVENT_STREAM = MediaType.TEXT_EVENT_STREAM_VALUE;
  static final String PROBLEM_JSON = MediaType.APPLICATION_PROBLEM_JSON_VALUE;

  private static final int TAG_BYTES = 12;

  private Answers() {}

  static ResponseEntity<byte[]> ok(JsonNode document) {
    return of(HttpStatus.OK, document);
  }

  static ResponseEntity<byte[]> of(HttpStatus status, JsonNode document) {
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_JSON)
        // Another caller gets another answer, and a cookie does not tell that to a cache between.
        .cacheControl(CacheControl.noStore())
        .body(bytes(document));
  }

  /**
   * A document that a client may poll: its tag changes when and only when its bytes do.
   *
   * @param ifNoneMatch the tags that the client has; null: none
   */
  static ResponseEntity<byte[]> tagged(JsonNode document, @Nullable String ifNoneMatch) {
    byte[] body = bytes(document);
    String tag = tag(body);
    boolean known =
        ifNoneMatch != null && (ifNoneMatch.strip().equals("*") || ifNoneMatch.contains(tag));
    return (known ? ResponseEntity.status(HttpStatus.NOT_MODIFIED) : ResponseEntity.ok())
        .contentType(MediaType.APPLICATION_JSON)
        .cacheControl(CacheControl.noCache())
        .eTag(tag)
        .body(known ? null : body);
  }

  /** A decision: 200, or the problem that a rejection is. */
  static ResponseEntity<byte[]> decision(JsonNode document) {
    return "rejected".equals(document.path("verdict").textValue())
        ? problem(document)
        : ok(document);
  }

  static ResponseEntity<byte[]> problem(JsonNode document) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(document.path("status").intValue())
            .contentType(MediaType.APPLICATION_PROBLEM_JSON)
            .cacheControl(CacheControl.noStore());
    JsonNode retryAfter = document.get(Problems.RETRY_AFTER_SECONDS);
    if (retryAfter != null) {
      answer.header(HttpHeaders.RETRY_AFTER, retryAfter.asText());
    }
    return answer.body(bytes(document));
  }

  static byte[] bytes(JsonNode document) {
    return Json.write(document).getBytes(StandardCharsets.UTF_8);
  }

  private static String tag(byte[] body) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
      return "\"" + HexFormat.of().formatHex(digest, 0, TAG_BYTES) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

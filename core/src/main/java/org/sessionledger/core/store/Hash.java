package org.sessionledger.core.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * SHA-256 over a list of values, each with its length before it, so that no two lists look alike.
 */
final class Hash {

  /** Before the first link of a chain. */
  static final String NONE = "";

  private Hash() {}

  static String of(@Nullable Object... values) {
    MessageDigest digest = digest();
    byte[] length = new byte[4];
    for (Object value : values) {
      byte[] bytes = value == null ? null : value.toString().getBytes(StandardCharsets.UTF_8);
      ByteBuffer.wrap(length).putInt(bytes == null ? -1 : bytes.length);
      digest.update(length);
      if (bytes != null) {
        digest.update(bytes);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

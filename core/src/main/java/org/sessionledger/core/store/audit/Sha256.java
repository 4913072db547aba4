package org.sessionledger.core.store.audit;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a row, as the schema's words say: SHA-256 over its values in order, each as UTF-8
 * with its length before it, 4 bytes, and -1 for a null. One instance serves one thread.
 */
final class Sha256 {

  static final int BYTES = 32;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final MessageDigest digest = newDigest();
  private final byte[] length = new byte[4];

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Sha256 add(@Nullable String value) {
    if (value == null) {
      putLength(-1);
    } else {
      add(value.getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  Sha256 add(byte[] value) {
    putLength(value.length);
    digest.update(value);
    return this;
  }

  Sha256 add(long value) {
    return add(Long.toString(value));
  }

  /** Ends the list. */
  void into(byte[] hash) {
    try {
      digest.digest(hash, 0, BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("32 bytes are room enough", e);
    }
  }

  private void putLength(int value) {
    length[0] = (byte) (value >> 24);
    length[1] = (byte) (value >> 16);
    length[2] = (byte) (value >> 8);
    length[3] = (byte) value;
    digest.update(length);
  }

  static byte[] hex(byte[] hash) {
    byte[] hex = new byte[2 * hash.length];
    for (int i = 0; i < hash.length; i++) {
      hex[2 * i] = HEX[(hash[i] >> 4) & 0xf];
      hex[2 * i + 1] = HEX[hash[i] & 0xf];
    }
    return hex;
  }

  static String text(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}

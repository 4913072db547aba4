package org.sessionledger.core.store.audit;

import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The hash of a row, as the schema's words say: SHA-256 over its values in order, each as UTF-8
 * with its length before it, 4 bytes, and -1 for a null. One instance serves one thread.
 */
final class Sha256 {

  static final int BYTES = 32;

  /** Bytes of a list that are kept as room for the next one. */
  private static final int KEPT_MAX = 1 << 14;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final MessageDigest digest = newDigest();
  private byte[] list = new byte[KEPT_MAX];
  private int size;

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Sha256 add(@Nullable String value) {
    if (value == null) {
      room(Integer.BYTES);
      putLength(-1);
      return this;
    }
    return add(value.getBytes(StandardCharsets.UTF_8));
  }

  Sha256 add(byte[] value) {
    room(Integer.BYTES + value.length);
    putLength(value.length);
    System.arraycopy(value, 0, list, size, value.length);
    size += value.length;
    return this;
  }

  Sha256 add(long value) {
    return add(Long.toString(value));
  }

  /** Ends the list. */
  void into(byte[] hash) {
    // At once: a digest is slow on many small pieces.
    digest.update(list, 0, size);
    size = 0;
    if (list.length > KEPT_MAX) {
      list = new byte[KEPT_MAX];
    }
    try {
      digest.digest(hash, 0, BYTES);
    } catch (DigestException e) {
      throw new IllegalStateException("32 bytes are room enough", e);
    }
  }

  private void room(int more) {
    if (size + more > list.length) {
      list = Arrays.copyOf(list, Math.max(size + more, 2 * list.length));
    }
  }

  private void putLength(int value) {
    list[size++] = (byte) (value >> 24);
    list[size++] = (byte) (value >> 16);
    list[size++] = (byte) (value >> 8);
    list[size++] = (byte) value;
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

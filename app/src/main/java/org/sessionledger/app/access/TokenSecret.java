package org.sessionledger.app.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * A token as its holder has it: {@code slt_}, 256 random bits, and a checksum. The prefix lets
 * scanners of repositories and logs find one that leaked; the checksum lets a server refuse what
 * was never a token without asking the database.
 */
public final class TokenSecret {

  /** What every token begins with. */
  public static final String PREFIX = "slt_";

  /** What stands in a secret, plain or percent-encoded, however often. */
  private static final String ANY_CHARACTER = "(?:[A-Za-z0-9_.-]|%(?:25)*+[0-9A-Fa-f]{2})";

  /** A token, to be struck out of a text. */
  private static final Pattern ANY = Pattern.compile(encoded(PREFIX) + ANY_CHARACTER + "++");

  /** A JWT, which is as good: JSON in base64. */
  private static final Pattern ANY_JWT = Pattern.compile(encoded("eyJ") + ANY_CHARACTER + "{20,}+");

  private static final Pattern SHAPE = Pattern.compile("slt_[A-Za-z0-9_-]{43}[0-9a-f]{8}");

  private static final int RANDOM_BYTES = 32;
  private static final int CHECKSUM_DIGITS = 8;

  private static final SecureRandom RANDOM = new SecureRandom();

  private TokenSecret() {}

  static String make() {
    String body = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random());
    return body + checksum(body);
  }

  private static byte[] random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** A short name, which is no secret. */
  static String makeId() {
    return HexFormat.of().formatHex(random(), 0, 5);
  }

  /** False for what was never a token. */
  public static boolean isOne(String text) {
    if (!SHAPE.matcher(text).matches()) {
      return false;
    }
    int end = text.length() - CHECKSUM_DIGITS;
    return checksum(text.substring(0, end)).equals(text.substring(end));
  }

  /**
   * What is stored instead. A fast hash without salt is right here, as it is not for passwords: 256
   * random bits cannot be guessed, however fast one tries, and no two tokens are the same.
   */
  static String hash(String secret) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Takes as long for two that differ in the first place as for two that differ in the last. */
  static boolean same(String hash, String other) {
    return MessageDigest.isEqual(
        hash.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }

  /** A text without the tokens in it. */
  public static String strike(String text) {
    return ANY_JWT.matcher(ANY.matcher(text).replaceAll("slt_…")).replaceAll("eyJ…");
  }

  private static String encoded(String text) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      pattern.append("(?:").append(c).append("|%(?:25)*+(?i:").append(Integer.toHexString(c));
      pattern.append("))");
    }
    return pattern.toString();
  }

  private static String checksum(String body) {
    CRC32 sum = new CRC32();
    sum.update(body.getBytes(StandardCharsets.US_ASCII));
    return String.format("%08x", sum.getValue());
  }
}

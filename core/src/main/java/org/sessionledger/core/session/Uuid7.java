package org.sessionledger.core.session;

import java.security.SecureRandom;
import java.util.UUID;

/** Ids that sort by the time at which they were made (RFC 9562, version 7). */
public final class Uuid7 {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Uuid7() {}

  /** A new id; unique over all nodes. */
  public static String next() {
    byte[] random = new byte[10];
    RANDOM.nextBytes(random);
    long high =
        System.currentTimeMillis() << 16 | 0x7000 | (random[0] & 0x0F) << 8 | (random[1] & 0xFF);
    long low = 0;
    for (int i = 2; i < 10; i++) {
      low = low << 8 | (random[i] & 0xFF);
    }
    return new UUID(high, (low & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L).toString();
  }
}

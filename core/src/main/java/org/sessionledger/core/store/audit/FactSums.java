package org.sessionledger.core.store.audit;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of rows as sums of their hashes: rows come and go in any order, and it takes the same room
 * however many there are. Sessions share a sum, so that two sets which differ tell where to look.
 * One instance serves one thread.
 */
final class FactSums {

  /** Sessions with the same remainder share a sum. */
  static final int SHARES = 1 << 10;

  private static final int LONGS = Sha256.BYTES / Long.BYTES;

  private final long[] sums = new long[SHARES * LONGS];
  private final Sha256 sha256 = new Sha256();
  private final byte[] hash = new byte[Sha256.BYTES];

  /**
   * One row, or one part of a row that is a fact by itself.
   *
   * @param sign 1 when it is true from now on, -1 when it is so no more
   */
  void add(int sign, long sessionNo, String... fact) {
    sha256.add(sessionNo);
    for (String part : fact) {
      sha256.add(part);
    }
    sha256.into(hash);
    ByteBuffer words = ByteBuffer.wrap(hash);
    int first = share(sessionNo) * LONGS;
    for (int i = 0; i < LONGS; i++) {
      sums[first + i] += sign * words.getLong();
    }
  }

  void addAll(FactSums others) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += others.sums[i];
    }
  }

  static int share(long sessionNo) {
    return Math.floorMod(sessionNo, SHARES);
  }

  /** The shares in which two sets differ. */
  List<Integer> differing(FactSums other) {
    List<Integer> shares = new ArrayList<>();
    for (int share = 0; share < SHARES; share++) {
      for (int i = share * LONGS; i < (share + 1) * LONGS; i++) {
        if (sums[i] != other.sums[i]) {
          shares.add(share);
          break;
        }
      }
    }
    return shares;
  }
}

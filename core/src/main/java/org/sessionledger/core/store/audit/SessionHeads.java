package org.sessionledger.core.store.audit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Where each session's stream ends, as far as the events were read: 48 bytes a session, by its
 * number. Threads may fill it side by side as long as each has sessions of its own.
 */
final class SessionHeads {

  private static final int LONGS = Sha256.BYTES / Long.BYTES;

  private final long[] versions;
  private final long[] positions;
  private final long[] hashes;

  /**
   * @param sessions that there are at most; their numbers begin at 1
   */
  SessionHeads(int sessions) {
    versions = new long[sessions + 1];
    positions = new long[sessions + 1];
    hashes = new long[(sessions + 1) * LONGS];
  }

  /** 0 before the first event. */
  long version(long sessionNo) {
    return versions[(int) sessionNo];
  }

  /** Of the newest event; 0 before the first. */
  long position(long sessionNo) {
    return positions[(int) sessionNo];
  }

  /** Puts the newest event's hash into an array. */
  void hash(long sessionNo, byte[] into) {
    ByteBuffer buffer = ByteBuffer.wrap(into);
    for (int i = 0; i < LONGS; i++) {
      buffer.putLong(hashes[(int) sessionNo * LONGS + i]);
    }
  }

  void move(long sessionNo, long version, long position, byte[] hash) {
    versions[(int) sessionNo] = version;
    positions[(int) sessionNo] = position;
    ByteBuffer buffer = ByteBuffer.wrap(hash);
    for (int i = 0; i < LONGS; i++) {
      hashes[(int) sessionNo * LONGS + i] = buffer.getLong();
    }
  }

  /**
   * SHA-256 over number, version and hash of all sessions that have an event.
   *
   * @param sessions that were opened
   */
  String digest(long sessions) {
    MessageDigest digest = Sha256.newDigest();
    byte[] hash = new byte[Sha256.BYTES];
    ByteBuffer entry = ByteBuffer.allocate(2 * Long.BYTES + Sha256.BYTES);
    for (int n = 1; n <= sessions; n++) {
      hash(n, hash);
      digest.update(entry.clear().putLong(n).putLong(versions[n]).put(hash).array());
    }
    return Sha256.text(digest.digest());
  }
}

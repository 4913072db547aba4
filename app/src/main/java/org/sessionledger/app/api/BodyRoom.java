package org.sessionledger.app.api;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Room for the bodies of all requests under way, until they are answered: however many clients send
 * large batches at once, these share a part of the heap.
 */
final class BodyRoom {

  /** So much of a body needs no room: commands as runtimes send them never wait here. */
  static final int FREE_BYTES = 64 << 10;

  /** A body takes a multiple of its length: as bytes, as texts, as commands, as decisions. */
  private static final int PART_OF_HEAP = 8;

  private static final long WAIT_SECONDS = 2;

  /** Fair: a batch that needs much of it is not overtaken for ever by others that need little. */
  private final Semaphore bytes;

  BodyRoom(long heapBytes) {
    bytes = new Semaphore(bytesIn(heapBytes), true);
  }

  /** At least the longest batch, which would not fit otherwise. */
  static int bytesIn(long heapBytes) {
    long room = Math.max(CommandBody.BATCH_BYTES_MAX, heapBytes / PART_OF_HEAP);
    return (int) Math.min(Integer.MAX_VALUE, room);
  }

  /** One request's part of the room, none at first. */
  final class Share implements AutoCloseable {

    private int taken;

    /**
     * Takes room for a body that is longer than what needs none.
     *
     * @throws ApiProblem when none came free in time
     */
    void take(int length) {
      boolean came = false;
      try {
        came = bytes.tryAcquire(length, WAIT_SECONDS, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!came) {
        throw Problems.later(
            "unavailable",
            "The ledger takes no large bodies now",
            "Other large bodies are waiting for their decisions. Nothing of this one was decided;"
                + " send it again in a second.");
      }
      taken += length;
    }

    @Override
    public void close() {
      bytes.release(taken);
    }
  }
}

package org.sessionledger.bench;

import java.time.Duration;

/** One way of making commands durable; it runs a window at a time, in turn with the others. */
interface Competitor extends AutoCloseable {

  /** Works for about as long as it is told, and finishes what it began. */
  Window run(Duration window) throws Exception;

  @Override
  default void close() throws Exception {}
}

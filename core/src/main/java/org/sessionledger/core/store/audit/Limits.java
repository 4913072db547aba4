package org.sessionledger.core.store.audit;

/**
 * How much is in memory at a time.
 *
 * @param rows of a page
 * @param pageCharacters of the JSON of a page, beyond which pages become smaller
 * @param sessions that one thread remembers as their newest event left them
 * @param sessionCharacters of the JSON of these
 * @param states that one thread folds side by side, to compare them with saved ones
 * @param threads that check what another one reads
 */
record Limits(
    int rows, long pageCharacters, int sessions, long sessionCharacters, int states, int threads) {

  static final Limits USUAL =
      new Limits(
          1_000,
          4_000_000,
          10_000,
          8_000_000,
          5_000,
          Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors())));
}

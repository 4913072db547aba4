package org.sessionledger.app.feed;

import java.time.Duration;

/**
 * What a feed waits for.
 *
 * @param beat between two heartbeats
 * @param patience with a reader that takes nothing although there is something for it
 */
record FeedTimes(Duration beat, Duration patience) {

  static final FeedTimes USUAL = new FeedTimes(Duration.ofSeconds(15), Duration.ofSeconds(10));
}

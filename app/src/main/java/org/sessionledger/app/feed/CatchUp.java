package org.sessionledger.app.feed;

import java.util.ArrayList;
import java.util.Optional;
import java.util.Set;

/**
 * Serves readers that are behind, from the database, until they are up to date. One thread with one
 * page in memory, however many they are: those that are equally far share the page.
 */
final class CatchUp extends Worker {

  private final Feed feed;
  private final FeedSource source;

  CatchUp(Feed feed, FeedSource source, String name) {
    super(name);
    this.feed = feed;
    this.source = source;
  }

  @Override
  boolean serve(Set<FeedReader> mine, long now) {
    Window tail = feed.tail();
    for (FeedReader reader : new ArrayList<>(mine)) {
      if (tail.continues(reader.position())) {
        mine.remove(reader);
        feed.upToDate(reader);
      }
    }
    Optional<FeedReader> next =
        mine.stream().filter(reader -> reader.isWritable() && !reader.isGone()).findFirst();
    if (next.isEmpty()) {
      return false;
    }
    // Whose turn it was is the last to have one again.
    mine.remove(next.get());
    mine.add(next.get());
    Window page = source.read(next.get().position(), source.newest());
    Chunks chunks = new Chunks(page);
    for (FeedReader reader : mine) {
      if (page.continues(reader.position())) {
        reader.serve(chunks, now);
      }
    }
    return true;
  }
}

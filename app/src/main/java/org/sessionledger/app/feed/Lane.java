package org.sessionledger.app.feed;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Serves readers that are up to date, from what was read for all of them. */
final class Lane extends Worker {

  private final Feed feed;

  Lane(Feed feed, String name) {
    super(name);
    this.feed = feed;
  }

  @Override
  boolean serve(Set<FeedReader> mine, long now) {
    Window tail = feed.tail();
    Chunks chunks = new Chunks(tail);
    List<FeedReader> behind = new ArrayList<>();
    boolean more = false;
    for (FeedReader reader : mine) {
      if (tail.continues(reader.position())) {
        reader.serve(chunks, now);
        more |= reader.isWaitingFor(tail);
      } else {
        behind.add(reader);
      }
    }
    for (FeedReader reader : behind) {
      mine.remove(reader);
      feed.behind(reader);
    }
    return more;
  }
}

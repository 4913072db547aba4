package org.sessionledger.app.feed;

/** What a feed tells of: messages with rising ids, each of which is durable before it is told. */
public interface FeedSource {

  /** Names the feed in its threads and in the log. */
  String name();

  /** The newest id that this process knows to be durable; costs nothing. */
  long newest();

  /** The newest id that the database has, which another node may have given. */
  long newestStored();

  /**
   * Reads messages in the order of their ids, from the database.
   *
   * @param after the id before the first
   * @param upTo no further than this id, which is no newer than {@link #newest()}
   * @return a window that begins right after {@code after}; it may end before {@code upTo}
   */
  Window read(long after, long upTo);

  /** Has a listener called whenever there is something new; it must be short. */
  void listen(Runnable listener);

  void forget(Runnable listener);
}

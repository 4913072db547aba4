package org.sessionledger.app.api;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Places for those who are waited for: until they send a body, or read an answer. Each keeps a
 * thread of the web server, and there are few of these: whoever sends nothing, or reads nothing,
 * many times at once would keep them all.
 */
public final class WaitingPlaces {

  /**
   * For a body whose sender finds no place: so long that those who send what they announced come
   * through, as it is often in the packet after the headers.
   */
  static final Duration WITHOUT_PLACE = Duration.ofMillis(20);

  private final int ofOneMax;
  private final int max;

  /** Guarded by this, as is {@link #all}. */
  private final Map<String, Integer> waiting = new HashMap<>();

  private int all;

  /**
   * @param ofOneMax of one sender
   * @param max of all
   */
  public WaitingPlaces(int ofOneMax, int max) {
    this.ofOneMax = ofOneMax;
    this.max = max;
  }

  /** False when there is none for him now; otherwise he has to leave it. */
  public synchronized boolean enter(String who) {
    int his = waiting.getOrDefault(who, 0);
    if (his >= ofOneMax || all >= max) {
      return false;
    }
    waiting.put(who, his + 1);
    all++;
    return true;
  }

  public synchronized void leave(String who) {
    all--;
    waiting.computeIfPresent(who, (any, his) -> his == 1 ? null : his - 1);
  }
}

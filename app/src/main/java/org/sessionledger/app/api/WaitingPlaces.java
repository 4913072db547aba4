package org.sessionledger.app.api;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Places for those whose bodies are waited for. Each keeps a thread of the web server, and there
 * are few of these: whoever announces many bodies and sends none would keep them all. Who finds no
 * place is waited for so shortly that only those who send what they announced come through.
 */
final class WaitingPlaces {

  /** For whoever finds no place: the body is often in the packet after the headers. */
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
  WaitingPlaces(int ofOneMax, int max) {
    this.ofOneMax = ofOneMax;
    this.max = max;
  }

  /** False when there is none for him now; otherwise he has to leave it. */
  synchronized boolean enter(String who) {
    int his = waiting.getOrDefault(who, 0);
    if (his >= ofOneMax || all >= max) {
      return false;
    }
    waiting.put(who, his + 1);
    all++;
    return true;
  }

  synchronized void leave(String who) {
    all--;
    waiting.computeIfPresent(who, (any, his) -> his == 1 ? null : his - 1);
  }
}

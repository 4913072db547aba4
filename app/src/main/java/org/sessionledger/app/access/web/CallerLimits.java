package org.sessionledger.app.access.web;

import org.sessionledger.app.access.RateLimit;
import org.sessionledger.app.api.WaitingPlaces;

/**
 * What one caller may have of a server that others need, too. The places, with those for bodies
 * that are waited for, are fewer than the web server's 200 threads: commands that come whole are
 * decided whatever callers do.
 *
 * @param requests so many a second
 * @param answers so many at a time: a thread waits for whoever does not read what he asked for
 * @param objections to those who find no place for an answer, so many at a time: they may not read
 *     that either
 */
record CallerLimits(RateLimit requests, WaitingPlaces answers, WaitingPlaces objections) {

  static final int ANSWERS_OF_ONE_MAX = 64;
  private static final int ANSWERS_MAX = 72;

  private static final int OBJECTIONS_TO_ONE_MAX = 8;
  private static final int OBJECTIONS_MAX = 16;

  static CallerLimits of(int requestsPerSecond) {
    return new CallerLimits(
        new RateLimit(requestsPerSecond),
        new WaitingPlaces(ANSWERS_OF_ONE_MAX, ANSWERS_MAX),
        new WaitingPlaces(OBJECTIONS_TO_ONE_MAX, OBJECTIONS_MAX));
  }
}

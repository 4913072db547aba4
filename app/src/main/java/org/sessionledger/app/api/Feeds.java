package org.sessionledger.app.api;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.access.Tokens;
import org.sessionledger.app.feed.Feed;
import org.sessionledger.app.feed.FeedSource;
import org.sessionledger.core.ledger.Ledger;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpHeaders;

/** The live feeds, for as long as the server takes requests. */
final class Feeds implements SmartLifecycle {

  /**
   * Readers of all feeds; half of the connections that the web server keeps, so that there is
   * always one for a command.
   */
  static final int READERS_MAX = 4_096;

  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final FeedSource sessionSource;
  private final FeedSource refusalSource;
  private final int readersMax;
  private final FeedCallers callers;
  private @Nullable Feed sessions;
  private @Nullable Feed refusals;

  Feeds(Ledger ledger, Tokens tokens) {
    this(ledger, tokens, READERS_MAX);
  }

  Feeds(Ledger ledger, Tokens tokens, int readersMax) {
    this.readersMax = readersMax;
    this.callers = new FeedCallers(tokens);
    this.sessionSource = new SessionFeed(ledger);
    this.refusalSource = new RefusalFeed(ledger);
  }

  void sessions(HttpServletRequest request, HttpServletResponse response) throws IOException {
    join(sessionSource, sessions(), request, response);
  }

  void refusals(HttpServletRequest request, HttpServletResponse response) throws IOException {
    join(refusalSource, refusals(), request, response);
  }

  private synchronized @Nullable Feed sessions() {
    return sessions;
  }

  private synchronized @Nullable Feed refusals() {
    return refusals;
  }

  private void join(
      FeedSource source,
      @Nullable Feed feed,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    String prefix = Callers.narrow(request, QueryParameters.of(request, "prefix").text("prefix"));
    Long position = lastEventId(source, request.getHeader(LAST_EVENT_ID));
    if (feed == null) {
      throw stopping();
    }
    requireRoom();
    response.setContentType(Answers.EVENT_STREAM);
    response.setHeader("Cache-Control", "no-store");
    // What passes it on must not gather it.
    response.setHeader("X-Accel-Buffering", "no");
    if (request.getMethod().equals("HEAD")) {
      return;
    }
    AsyncContext async = request.startAsync();
    // A reader stays as long as it likes.
    async.setTimeout(0);
    Runnable hangUp = HangUp.of(request);
    // Whoever shows his token reads on that, whatever cookies come along.
    callers.joins(
        Callers.of(request),
        async,
        hangUp,
        request.getHeader(HttpHeaders.AUTHORIZATION) == null ? request.getSession(false) : null);
    if (!feed.join(async, response.getOutputStream(), hangUp, position, prefix)) {
      response.reset();
      response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      async.complete();
    }
  }

  /**
   * The newest message that a reader has; null when it has none.
   *
   * @throws ApiProblem when the feed gave no such id
   */
  private static @Nullable Long lastEventId(FeedSource source, @Nullable String header) {
    if (header == null || header.isEmpty()) {
      return null;
    }
    if (!header.matches("[0-9]{1,18}")) {
      throw Problems.badHeader(
          LAST_EVENT_ID,
          "is '"
              + Problems.echo(header)
              + "', the id of a message of this feed is expected, or 0 for everything from the"
              + " beginning.");
    }
    long position = Long.parseLong(header);
    // Another node may have told of what this one has not heard of yet.
    if (position > source.newest()) {
      long newest = source.newestStored();
      if (position > newest) {
        throw Problems.badHeader(
            LAST_EVENT_ID,
            "is "
                + position
                + ", but the newest id of this feed is "
                + newest
                + ": the id comes from another ledger or another feed, or this ledger was put back"
                + " to an older state. Go on from 0 for everything, or without the header for what"
                + " comes next.");
      }
    }
    return position;
  }

  /** How many listen, to whichever feed. */
  int readers() {
    Feed one = sessions();
    Feed other = refusals();
    return (one == null ? 0 : one.readers()) + (other == null ? 0 : other.readers());
  }

  private void requireRoom() {
    if (readers() >= readersMax) {
      throw Problems.later(
          "too-many-readers",
          "Too many readers listen already",
          "The live feeds have " + readersMax + " readers, which is as many as they take.");
    }
  }

  private static ApiProblem stopping() {
    return Problems.later(
        "unavailable", "The server is stopping", "The live feeds have ended; connect again.");
  }

  @Override
  public synchronized void start() {
    callers.start();
    sessions = new Feed(sessionSource);
    refusals = new Feed(refusalSource);
  }

  @Override
  public void stop() {
    callers.stop();
    Feed one = sessions();
    Feed other = refusals();
    synchronized (this) {
      sessions = null;
      refusals = null;
    }
    if (one != null) {
      one.close();
    }
    if (other != null) {
      other.close();
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return sessions != null;
  }

  /** Before the web server, which would wait for readers to leave by themselves. */
  @Override
  public int getPhase() {
    return SmartLifecycle.DEFAULT_PHASE;
  }
}

package org.sessionledger.projections.kit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.axonframework.messaging.responsetypes.ResponseType;
import org.axonframework.messaging.responsetypes.ResponseTypes;
import org.axonframework.queryhandling.DefaultSubscriptionQueryResult;
import org.axonframework.queryhandling.QueryGateway;
import org.axonframework.queryhandling.SubscriptionQueryResult;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.SessionStatus;

/**
 * Subscriptions over Axon's query bus, made safe: a first answer, then every update after it, in
 * order and without a gap, and none that is older than what was sent. Axon alone also hands on what
 * the first answer has already, and quietly drops what a slow subscriber has not taken.
 *
 * <p>Ask for the first answer first ({@code initialResult}), then for the {@code updates}. Updates
 * are told on the ledger's own thread for all subscribers: be short, or {@code publishOn} another.
 * Close the result when it is of no use any more.
 */
public final class Live {

  /** Updates that wait for one subscriber; who is further behind has lost some, and is told so. */
  public static final int WAITING_MAX = 4_096;

  private Live() {}

  /**
   * One session.
   *
   * @param query a question whose answer is an optional status and whose updates are statuses
   * @return its updates end with {@link UpdatesLost} when the subscriber fell too far behind
   */
  public static SubscriptionQueryResult<Optional<SessionStatus>, SessionStatus> session(
      QueryGateway queries, Object query) {
    Sent<SessionStatus> sent =
        new Sent<>(session -> session.sessionKey().value(), SessionStatus::version, true);
    return subscribe(
        queries,
        query,
        ResponseTypes.optionalInstanceOf(SessionStatus.class),
        first -> {
          if (first.isEmpty()) {
            sent.nothingBefore();
          }
          return first.map(List::of).orElse(List.of());
        },
        SessionStatus.class,
        sent);
  }

  /**
   * A list of sessions: its first page, then each session that changes. An update may no longer fit
   * the question's status: that is how one hears that a session left the list.
   */
  public static SubscriptionQueryResult<Optional<Page<SessionStatus>>, SessionStatus> sessions(
      QueryGateway queries, Object query) {
    return subscribe(
        queries,
        query,
        PageAnswer.of(SessionStatus.class),
        first -> first.map(Page::items).orElse(List.of()),
        SessionStatus.class,
        new Sent<>(session -> session.sessionKey().value(), SessionStatus::version, false));
  }

  /** Refusals: the newest of them, then each that comes. */
  public static SubscriptionQueryResult<Optional<Page<LoggedDecision>>, LoggedDecision> decisions(
      QueryGateway queries, FindDecisions query) {
    return subscribe(
        queries,
        query,
        PageAnswer.of(LoggedDecision.class),
        first -> first.map(Page::items).orElse(List.of()),
        LoggedDecision.class,
        new Sent<>(line -> "", LoggedDecision::seq, false));
  }

  private static <I, U> SubscriptionQueryResult<I, U> subscribe(
      QueryGateway queries,
      Object query,
      ResponseType<I> first,
      Function<I, List<U>> known,
      Class<U> update,
      Sent<U> sent) {
    SubscriptionQueryResult<I, U> raw =
        queries.subscriptionQuery(
            query.getClass().getName(),
            query,
            first,
            ResponseTypes.instanceOf(update),
            WAITING_MAX);
    return new DefaultSubscriptionQueryResult<>(
        raw.initialResult().doOnNext(answer -> known.apply(answer).forEach(sent::mark)),
        raw.updates().filter(sent::isNext),
        raw);
  }

  /** How far a subscriber is, for each key. */
  private static final class Sent<U> {

    private final Function<U, String> key;
    private final Function<U, Long> place;
    private final boolean gapless;
    private final Map<String, Long> places = new HashMap<>();
    private boolean fromTheFirst;

    /**
     * @param gapless places of one key follow each other without a gap
     */
    Sent(Function<U, String> key, Function<U, Long> place, boolean gapless) {
      this.key = key;
      this.place = place;
      this.gapless = gapless;
    }

    /** Whatever comes is told from its beginning. */
    synchronized void nothingBefore() {
      fromTheFirst = true;
    }

    synchronized void mark(U known) {
      places.merge(key.apply(known), place.apply(known), Math::max);
    }

    /** True when it is newer than what was sent. */
    synchronized boolean isNext(U update) {
      Long next = place.apply(update);
      Long last = places.get(key.apply(update));
      if (last == null && fromTheFirst) {
        last = 0L;
      }
      if (last != null && next <= last) {
        return false;
      }
      if (gapless && last != null && next > last + 1) {
        throw new UpdatesLost(last, next);
      }
      places.put(key.apply(update), next);
      return true;
    }
  }
}

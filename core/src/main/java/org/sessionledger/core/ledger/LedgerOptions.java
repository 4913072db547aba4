package org.sessionledger.core.ledger;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.SessionIds;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Uuid7;

/**
 * How a ledger is opened.
 *
 * @param durability what a decision survives; of a data folder only, a database decides by itself
 * @param clock what recorded times are told by; no decision reads it
 * @param sessionIds makes the session ids that callers leave to the ledger
 * @param source who the commands of {@link SessionHandle} and {@link RunHandle} say that they come
 *     from; its instance is the name under which the runs of this process are interrupted
 * @param keepAlive how long an open {@link RunHandle} may say nothing before the ledger renews its
 *     lease; null: nothing but its own reports renews it
 * @param listeners hear of each decision
 */
public record LedgerOptions(
    Durability durability,
    Clock clock,
    SessionIds sessionIds,
    Source source,
    @Nullable Duration keepAlive,
    List<DecisionListener> listeners) {

  /** The component that commands come from unless the program says who it is. */
  private static final String COMPONENT = "session-ledger";

  public LedgerOptions {
    if (keepAlive != null && (keepAlive.isZero() || keepAlive.isNegative())) {
      throw new IllegalArgumentException("keepAlive is " + keepAlive + ", it must be above zero");
    }
    listeners = List.copyOf(listeners);
  }

  /** Survives the end of the process; another instance each time; no keep-alive, no listener. */
  public static LedgerOptions defaults() {
    return new LedgerOptions(
        Durability.PROCESS_CRASH,
        Clock.systemUTC(),
        SessionIds.uuids(),
        new Source(COMPONENT, COMPONENT + "-" + Uuid7.next(), null),
        null,
        List.of());
  }

  public LedgerOptions with(Durability other) {
    return new LedgerOptions(other, clock, sessionIds, source, keepAlive, listeners);
  }

  public LedgerOptions with(Clock other) {
    return new LedgerOptions(durability, other, sessionIds, source, keepAlive, listeners);
  }

  public LedgerOptions with(SessionIds other) {
    return new LedgerOptions(durability, clock, other, source, keepAlive, listeners);
  }

  public LedgerOptions with(Source other) {
    return new LedgerOptions(durability, clock, sessionIds, other, keepAlive, listeners);
  }

  /** The lease of an open run is renewed when its handle has said nothing for so long. */
  public LedgerOptions withKeepAlive(Duration silence) {
    return new LedgerOptions(durability, clock, sessionIds, source, silence, listeners);
  }

  /** One more that hears of each decision. */
  public LedgerOptions and(DecisionListener listener) {
    List<DecisionListener> more = new ArrayList<>(listeners);
    more.add(listener);
    return new LedgerOptions(durability, clock, sessionIds, source, keepAlive, more);
  }
}

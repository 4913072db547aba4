package org.sessionledger.spring;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.ledger.DecisionListener;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.MalformedCommand;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.Refusal;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Verdict;

/**
 * Counts and times what this process had decided. It listens from the first decision on, so that
 * the meters' sum is what was decided. No tag can be made up by a sender.
 */
final class DecisionMeters implements DecisionListener {

  /** The type of what names no command that there is. */
  private static final String UNKNOWN = "unknown";

  private static final Set<String> TYPES =
      types(SessionCommand.class).collect(Collectors.toUnmodifiableSet());

  private record Kind(Verdict verdict, @Nullable Reason reason, String type) {}

  private final MeterRegistry registry;
  private final Timer time;
  private final Map<Kind, Counter> counters = new ConcurrentHashMap<>();

  /** By {@link System#nanoTime()}; meaningless before the first decision. */
  private volatile long lastAt;

  private volatile boolean any;

  DecisionMeters(MeterRegistry registry) {
    this.registry = registry;
    this.time =
        Timer.builder("session.ledger.decision.time")
            .description("From the hand-in of a command until its decision is durable")
            .register(registry);
    TimeGauge.builder(
            "session.ledger.last.decision.age", this, TimeUnit.SECONDS, DecisionMeters::age)
        .description("Since this process's last decision; not a number before the first")
        .register(registry);
  }

  private double age() {
    return any ? (System.nanoTime() - lastAt) / (double) TimeUnit.SECONDS.toNanos(1) : Double.NaN;
  }

  @Override
  public void decided(Incoming incoming, Decision decision, Duration took) {
    lastAt = System.nanoTime();
    any = true;
    Refusal refusal = decision.refusal();
    counters
        .computeIfAbsent(
            new Kind(decision.verdict(), refusal == null ? null : refusal.reason(), type(incoming)),
            this::counter)
        .increment();
    time.record(took);
  }

  private Counter counter(Kind kind) {
    return Counter.builder("session.ledger.decisions")
        .description("Decisions of this process")
        .tag("verdict", kind.verdict().code())
        .tag("reason", kind.reason() == null ? "none" : kind.reason().code())
        .tag("type", kind.type())
        .register(registry);
  }

  private static String type(Incoming incoming) {
    if (incoming instanceof Arrival arrival) {
      return arrival.command().type();
    }
    String told = incoming instanceof MalformedCommand malformed ? malformed.type() : null;
    return told != null && TYPES.contains(told) ? told : UNKNOWN;
  }

  private static Stream<String> types(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(DecisionMeters::types)
        : Stream.of(type.getSimpleName());
  }
}

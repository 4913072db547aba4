package org.sessionledger.core.conformance;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;

/**
 * The suite that a runtime's builder inherits: each test is one clause, and what fails tells its
 * story step by step. What a runtime does not have ({@link RuntimeAdapter#traits()}) is skipped.
 *
 * <pre>{@code
 * class MyRuntimeConformanceTest extends SessionFenceConformance {
 *
 *   @Override
 *   protected RuntimeAdapter runtime(Clock clock) {
 *     return new MyRuntimeAdapter(new MyRuntime(clock));
 *   }
 * }
 *
 * class MyRuntimeAdapter implements RuntimeAdapter {
 *
 *   private final MyRuntime runtime;
 *
 *   public Answer report(Report report) {
 *     boolean stored = runtime.onRunEvent(report.sessionKey(), report.sessionId(), …);
 *     return new Answer(stored, runtime.row(report.sessionKey()).sessionId());
 *   }
 *
 *   public Snapshot snapshot(String sessionKey) {
 *     Row row = runtime.row(sessionKey);
 *     return new Snapshot(row.sessionId(), status(row), row.error(), row.activeRuns());
 *   }
 *   …
 * }
 * }</pre>
 *
 * <p>{@code docs/conformance.md} lists the clauses, and tells what each is for.
 */
public abstract class SessionFenceConformance
    implements LateReports,
        FollowUps,
        CarriedRuns,
        InPlaceResets,
        Broadcasts,
        SkewedClocks,
        Repeats,
        MissingIds,
        ExpectedLives,
        Restarts {

  private final VirtualClock clock = new VirtualClock();
  private @Nullable RuntimeAdapter runtime;
  private @Nullable Scene scene;

  /**
   * The runtime under test: a new one for each clause, or always the same, since each clause has a
   * session key of its own.
   *
   * @param clock for a runtime that reads one: reports are made by it, and it goes on by a second a
   *     step
   */
  protected abstract RuntimeAdapter runtime(Clock clock) throws Exception;

  /** Called after each clause; one who keeps the same runtime for all closes it elsewhere. */
  protected void close(RuntimeAdapter runtime) {
    runtime.close();
  }

  @BeforeEach
  void openTheRuntime(TestInfo clause) throws Exception {
    runtime = runtime(clock);
    scene = new Scene(runtime, clock, clause.getTestMethod().orElseThrow().getName());
  }

  @AfterEach
  void closeTheRuntime() {
    if (runtime != null) {
      close(runtime);
    }
  }

  @Override
  public final Scene scene() {
    if (scene == null) {
      throw new IllegalStateException("asked before the clause began");
    }
    return scene;
  }
}

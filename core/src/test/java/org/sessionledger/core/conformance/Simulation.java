package org.sessionledger.core.conformance;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Random traffic of several writers, by a seed: messages come late, twice and in another order,
 * clocks are days off, writers crash and start again, the session is reset and compacted under
 * them, and the runtime itself is restarted. After each step the runtime is compared with an honest
 * model: what it answered, what it stores, and what its subscribers were shown.
 *
 * <pre>{@code
 * Simulation.seed(41).commands(10_000).run(clock -> new MyRuntimeAdapter(new MyRuntime(clock)));
 * }</pre>
 *
 * <p>A failure has the seed, and the shortest sequence of steps that still fails.
 */
public final class Simulation {

  private static final long LANE_SEEDS_APART = 1_000_003;
  private static final int A_MILLION = 1_000_000;

  private final long seed;
  private int commands = 2_000;
  private int sessions = 3;
  private int writers = 3;
  private int lanes = 1;
  private int lookEvery = 1;
  private int restarts = 1;

  /**
   * How fast it went.
   *
   * @param commands orders and reports that the runtime got
   */
  public record Figures(long commands, Duration took) {

    public long commandsPerSecond() {
      return commands * 1_000_000_000 / Math.max(1, took.toNanos());
    }
  }

  private Simulation(long seed) {
    this.seed = seed;
  }

  /** A simulation that is the same whenever it is run with the same seed. */
  public static Simulation seed(long seed) {
    return new Simulation(seed);
  }

  /** About how many orders and reports the runtime gets in all; 2,000 unless told. */
  public Simulation commands(int commands) {
    this.commands = commands;
    return this;
  }

  /** How many sessions a lane has; 3 unless told: few, so that much happens to each. */
  public Simulation sessions(int sessions) {
    this.sessions = sessions;
    return this;
  }

  /** How many processes send to each session; 3 unless told. */
  public Simulation writers(int writers) {
    this.writers = writers;
    return this;
  }

  /**
   * How many threads drive the runtime, each with sessions of its own, so that each lane is
   * repeated by its seed; 1 unless told. Answers are waited for: a runtime that decides many at a
   * time is fast with many lanes only.
   */
  public Simulation lanes(int lanes) {
    this.lanes = lanes;
    return this;
  }

  /** After how many steps store and broadcasts are looked at; answers always are. 1 unless told. */
  public Simulation lookEvery(int steps) {
    this.lookEvery = steps;
    return this;
  }

  /** About how often the runtime is restarted in all; once unless told. */
  public Simulation restarts(int restarts) {
    this.restarts = restarts;
    return this;
  }

  /**
   * Runs it on a runtime, and closes that.
   *
   * @param runtime makes the runtime, which may read the clock that it is given
   * @throws SimulationFailure when the runtime did what an honest one does not
   */
  public Figures run(Function<Clock, RuntimeAdapter> runtime) {
    VirtualClock clock = new VirtualClock();
    try (RuntimeAdapter adapter = runtime.apply(clock)) {
      return new Run(adapter, clock).go();
    }
  }

  /** One run: its lanes share the runtime, and nothing else. */
  private final class Run {

    private final RuntimeAdapter runtime;
    private final VirtualClock clock;
    private final ReadWriteLock alive = new ReentrantReadWriteLock();
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong done = new AtomicLong();

    Run(RuntimeAdapter runtime, VirtualClock clock) {
      this.runtime = runtime;
      this.clock = clock;
    }

    Figures go() {
      long begun = System.nanoTime();
      if (lanes == 1) {
        lane(seed, "");
      } else {
        together();
      }
      return new Figures(done.get(), Duration.ofNanos(System.nanoTime() - begun));
    }

    private void together() {
      ExecutorService threads = Executors.newFixedThreadPool(lanes);
      try {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < lanes; i++) {
          int lane = i;
          running.add(
              threads.submit(() -> lane(seed + lane * LANE_SEEDS_APART, "lane-" + lane + "/")));
        }
        for (Future<?> each : running) {
          each.get();
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof SimulationFailure failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a simulation ran", e);
      } finally {
        threads.shutdownNow();
      }
    }

    private void lane(long laneSeed, String name) {
      int restartsOfAMillion = (int) ((long) restarts * A_MILLION / commands);
      StepGenerator generator = new StepGenerator(laneSeed, writers, sessions, restartsOfAMillion);
      World world = new World(runtime, clock, name);
      List<Step> played = new ArrayList<>();
      int share = Math.max(1, commands / lanes);
      while (world.commands() < share && !failed.get()) {
        Step step = generator.next();
        played.add(step);
        boolean last = world.commands() + 1 >= share;
        String wrong = play(step, world, last || played.size() % lookEvery == 0);
        if (wrong != null) {
          failed.set(true);
          throw failure(laneSeed, name, played, wrong);
        }
      }
      done.addAndGet(world.commands());
    }

    /** A restart waits until no other lane is at the runtime. */
    private @Nullable String play(Step step, World world, boolean look) {
      var lock = step instanceof Step.Restart ? alive.writeLock() : alive.readLock();
      lock.lock();
      try {
        String wrong = world.play(step);
        return wrong != null || !look ? wrong : world.look();
      } finally {
        lock.unlock();
      }
    }

    private SimulationFailure failure(long laneSeed, String name, List<Step> played, String wrong) {
      Replay replay = new Replay(name);
      if (!replay.fails(played)) {
        return new SimulationFailure(
            laneSeed,
            "which did not fail again: the runtime is not the same twice. All steps",
            played.stream().map(Step::toString).toList(),
            wrong);
      }
      List<Step> shortest =
          new Shrinker(replay::fails).shrink(played.subList(0, replay.failedAfter));
      replay.fails(shortest);
      return new SimulationFailure(
          laneSeed,
          "shrunk from " + played.size() + " steps to " + shortest.size(),
          shortest.stream().map(Step::toString).toList(),
          replay.wrong);
    }

    /** The same steps again, on sessions that are new each time. */
    private final class Replay {

      private final String name;
      private int times;
      private int failedAfter;
      private String wrong = "";

      Replay(String name) {
        this.name = name;
      }

      boolean fails(List<Step> steps) {
        World world = new World(runtime, clock, name + "again-" + ++times + "/");
        int played = 0;
        for (Step step : steps) {
          played++;
          String seen = play(step, world, true);
          if (seen != null) {
            failedAfter = played;
            wrong = seen;
            return true;
          }
        }
        return false;
      }
    }
  }
}

package org.sessionledger.app.gateways;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.Secret;
import org.sessionledger.app.openclaw.follow.FollowOptions;
import org.sessionledger.app.openclaw.follow.FollowOptions.RawOptions;
import org.sessionledger.app.openclaw.follow.Follower;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.app.openclaw.follow.PatientDecider;

/** Follows gateways, each on a thread of its own, until it is closed. */
public final class Gateways implements AutoCloseable {

  /** Until what cannot be followed is tried again: a token may have been mended. */
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private static final Duration STOPPING = Duration.ofSeconds(8);

  private final List<Following> followings = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  private Gateways() {}

  /**
   * Begins to follow.
   *
   * @param marks the folder in which it is remembered where the following stands; null: nowhere
   * @param version the ledger's, told to the gateways
   */
  public static Gateways follow(
      GatewayBoard board, ApiDecider ledger, @Nullable Path marks, String version) {
    Gateways gateways = new Gateways();
    for (GatewayBoard.Entry entry : board.entries()) {
      Following following = gateways.new Following(entry, ledger, marks, version);
      gateways.followings.add(following);
      following.thread.start();
    }
    return gateways;
  }

  /** Ends the following; what was heard is decided before this returns. */
  @Override
  public void close() {
    closed.countDown();
    followings.forEach(Following::stop);
    long deadline = System.nanoTime() + STOPPING.toNanos();
    for (Following following : followings) {
      following.await(deadline);
    }
  }

  private final class Following {

    private final Gateway gateway;
    private final GatewayState state;
    private final @Nullable Path mark;
    private final String version;
    private final PatientDecider ledger;
    private final Thread thread;
    private volatile @Nullable Follower current;

    Following(GatewayBoard.Entry entry, ApiDecider ledger, @Nullable Path marks, String version) {
      this.gateway = entry.gateway();
      this.state = entry.state();
      this.mark = marks == null ? null : FollowOptions.mark(marks, gateway.url());
      this.version = version;
      this.ledger = new PatientDecider(ledger, Optional::empty, e -> false, state::trouble);
      this.thread = new Thread(this::run, "gateway-" + gateway.name());
      thread.setDaemon(true);
    }

    void stop() {
      ledger.hurry();
      Follower follower = current;
      if (follower != null) {
        follower.stop();
      }
    }

    void await(long deadline) {
      try {
        TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void run() {
      try {
        do {
          state.tryingAgain();
          try {
            Follower follower = new Follower(options(), ledger, state);
            current = follower;
            if (closed.getCount() > 0) {
              follower.run();
            }
          } catch (GatewayError e) {
            state.failed(String.valueOf(e.getMessage()));
          } catch (IOException | IllegalArgumentException e) {
            state.failed(e.getMessage() == null ? e.toString() : e.getMessage());
          } catch (RuntimeException e) {
            // One gateway's trouble is not the others', nor the server's.
            state.failed("The following ended unexpectedly: " + e);
          }
        } while (!closed.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private FollowOptions options() throws IOException {
      return new FollowOptions(
          gateway.url(),
          token(),
          version,
          false,
          null,
          gateway.rawFolder() == null
              ? null
              : new RawOptions(gateway.rawFolder(), false, RawOptions.FILE_BYTES, RawOptions.FILES),
          mark,
          FollowOptions.Patience.USUAL,
          FollowOptions.Limits.USUAL,
          Clock.systemUTC(),
          new SecureRandom());
    }

    private Secret token() throws IOException {
      try {
        return Secret.read(gateway.tokenFile());
      } catch (IOException e) {
        throw new IOException("its token file " + gateway.tokenFile() + " cannot be read", e);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "its token file " + gateway.tokenFile() + " " + e.getMessage(), e);
      }
    }
  }
}

package org.sessionledger.app.openclaw.follow;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.CommandIds;
import org.sessionledger.app.openclaw.Secret;

/**
 * How to follow a gateway.
 *
 * @param once end when the connection is lost, instead of connecting again
 * @param atMost how long to follow; null: until told to stop
 * @param raw where raw frames are kept; null: nowhere
 * @param mark a file that remembers where the following stands, from one to the next; null: nothing
 *     is known of the time before
 * @param random spreads the attempts to connect again
 */
public record FollowOptions(
    URI url,
    Secret token,
    String clientVersion,
    boolean once,
    @Nullable Duration atMost,
    @Nullable RawOptions raw,
    @Nullable Path mark,
    Patience patience,
    Limits limits,
    Clock clock,
    RandomGenerator random) {

  /** The mark of one gateway among others in a folder. */
  public static Path mark(Path folder, URI gateway) {
    return folder.resolve(CommandIds.name(gateway) + ".json");
  }

  /**
   * How long is waited for what.
   *
   * @param connect for the socket
   * @param answer for the challenge, and for each answer
   * @param ping between two pings
   * @param silence without a frame or a pong, until the connection counts as lost
   * @param settle after a session's last frame, until it is compared with the ledger: the gateway's
   *     row comes after the run's own report, an error's up to 15 s after it
   * @param retryFirst before the first attempt to connect again
   * @param retryMax between two attempts
   */
  public record Patience(
      Duration connect,
      Duration answer,
      Duration ping,
      Duration silence,
      Duration settle,
      Duration retryFirst,
      Duration retryMax) {

    public static final Patience USUAL =
        new Patience(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(15),
            Duration.ofSeconds(45),
            Duration.ofSeconds(20),
            Duration.ofMillis(500),
            Duration.ofSeconds(30));
  }

  /**
   * What is taken at once.
   *
   * @param frameChars longest frame
   * @param queueFrames frames that wait to be decided; then no more are asked for
   * @param queueChars their length in all
   * @param listPages pages of a listing
   */
  public record Limits(int frameChars, int queueFrames, long queueChars, int listPages) {

    /** A gateway's own limit is 25 MiB. */
    public static final Limits USUAL = new Limits(25 << 20, 4_096, 32L << 20, 1_000);
  }

  /**
   * What is kept of the frames.
   *
   * @param content whether text that people and models wrote is kept, too
   * @param fileBytes when the next file is begun
   * @param files how many are kept
   */
  public record RawOptions(Path folder, boolean content, long fileBytes, int files) {

    public static final long FILE_BYTES = 64L << 20;

    public static final int FILES = 8;
  }
}

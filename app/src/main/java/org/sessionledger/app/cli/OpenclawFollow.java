package org.sessionledger.app.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.ProgramVersion;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.follow.FollowOptions;
import org.sessionledger.app.openclaw.follow.Follower;
import org.sessionledger.app.openclaw.follow.GatewayAddress;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.app.openclaw.follow.PatientDecider;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A live gateway into the ledger. */
@Command(
    name = "follow",
    header = "Follow a live gateway, and tell what is refused while it happens.%n",
    description =
        "Connect to a gateway as an operator that only reads, decide every frame as it comes, and"
            + " tell each refusal and each session that the gateway shows otherwise than the ledger"
            + " has it. A lost connection is a gap: it is told, and made anew. Ends on SIGTERM or"
            + " Ctrl-C. With --json, one JSON object a line.",
    footer = {
      "",
      "Examples:",
      "  openclaw config get gateway.auth.token > token; chmod 600 token",
      "  ${COMMAND-FULL-NAME} --token-file token",
      "  ${COMMAND-FULL-NAME} --token-file token --raw ./frames --data ./ledger",
      "  ${COMMAND-FULL-NAME} --token-file token --for 60 --json | grep refused"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:ended as it was told, whatever the gateway sent",
      "1:failed, for example a wrong token; one sentence on stderr says why",
      Exit.WRONG_USAGE_HELP
    })
final class OpenclawFollow extends LedgerVerb {

  private static final int MEBI = 1 << 20;
  private static final int FILES_MAX = 10_000;
  private static final long SECONDS_MAX = 1_000_000_000;

  /** How long an end by signal may take; a supervisor that kills waits about as long. */
  private static final Duration STOPPING = Duration.ofSeconds(8);

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = GatewayAddress.USUAL,
      description =
          "The gateway; "
              + GatewayAddress.USUAL
              + " when not given. Another machine's only by wss:// or"
              + " through a tunnel, since the token is sent there.")
  private String url = "";

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      required = true,
      description =
          "A file with the gateway's token and nothing else. It is told to the gateway only: not to"
              + " a log, the ledger or the raw frames.")
  private String tokenFile = "";

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      description = "End after so many seconds, as if told to stop.")
  private @Nullable Long seconds;

  @Option(
      names = "--once",
      description =
          "End when the connection is lost, instead of connecting again; fail when there is none.")
  private boolean once;

  @Option(
      names = "--raw",
      paramLabel = "DIR",
      description =
          "Keep the frames in this folder, as recordings for 'openclaw replay', without what people"
              + " and models wrote: names, ids, states and numbers only.")
  private @Nullable String raw;

  @Option(
      names = "--raw-content",
      description = "Keep what people and models wrote, too; secrets never.")
  private boolean rawContent;

  @Option(
      names = "--raw-file-mb",
      paramLabel = "MIB",
      defaultValue = "64",
      description = "Begin another file after so many MiB; 64 when not given.")
  private int rawFileMb;

  @Option(
      names = "--raw-files",
      paramLabel = "N",
      defaultValue = "8",
      description = "Keep so many files, the newest; 8 when not given.")
  private int rawFiles;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Remember in this folder where the following stands, so that the time until somebody"
              + " follows again is a gap, too; in the data folder when not given, and nowhere with"
              + " --jdbc-url alone.")
  private @Nullable String state;

  OpenclawFollow(Terminal terminal) {
    super(terminal);
  }

  /** What is printed is events, and nothing else. */
  @Override
  boolean tellsFailureAsJson() {
    return false;
  }

  private final CountDownLatch done = new CountDownLatch(1);
  private volatile int status = Exit.FAILED;

  @Override
  int run() throws Exception {
    storage();
    options(); // What is wrong is told before a ledger is opened.
    try {
      status = super.run();
      return status;
    } finally {
      terminal().out().flush();
      done.countDown();
    }
  }

  @Override
  int run(LedgerApi api) throws Exception {
    FollowReport report = new FollowReport(terminal(), whereOptions(), json());
    PatientDecider ledger =
        new PatientDecider(
            new ApiDecider(api),
            () -> LedgerDoor.server(storage(), ownToken()).map(ApiDecider::new),
            Failure.class::isInstance,
            report::trouble);
    Follower follower = new Follower(options(), ledger, report);
    Thread stop = new Thread(() -> stop(follower, ledger), "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      report.end(follower.run());
      return Exit.DONE;
    } catch (GatewayError e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new Failure(
          "Raw frames cannot be kept in " + raw + ": " + DataFolder.reason(e) + ".", e);
    } finally {
      forget(stop);
    }
  }

  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // It is running: a signal came.
    }
  }

  /** Having stopped as it was told is success, whatever status a signal would give. */
  private void stop(Follower follower, PatientDecider ledger) {
    follower.stop();
    ledger.hurry();
    try {
      if (done.await(STOPPING.toMillis(), TimeUnit.MILLISECONDS)) {
        Runtime.getRuntime().halt(status);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private FollowOptions options() {
    if (seconds != null && (seconds < 1 || seconds > SECONDS_MAX)) {
      throw wrongUsage("--for is " + seconds + ", a number of seconds from 1 is expected");
    }
    return new FollowOptions(
        GatewayOptions.uri(this, url),
        GatewayOptions.token(this, tokenFile),
        ProgramVersion.number(),
        once,
        seconds == null ? null : Duration.ofSeconds(seconds),
        rawOptions(),
        mark(),
        FollowOptions.Patience.USUAL,
        FollowOptions.Limits.USUAL,
        Clock.systemUTC(),
        new SecureRandom());
  }

  /** A database has no folder for it. */
  private @Nullable Path mark() {
    if (state != null) {
      return FollowOptions.mark(path("--state", state), GatewayOptions.uri(this, url));
    }
    return storage() instanceof LedgerStorage.Folder folder
        ? FollowOptions.mark(
            folder.path().resolve(LedgerServer.MARKS_FOLDER), GatewayOptions.uri(this, url))
        : null;
  }

  private FollowOptions.@Nullable RawOptions rawOptions() {
    if (raw == null) {
      if (rawContent) {
        throw wrongUsage("--raw-content needs --raw");
      }
      return null;
    }
    if (rawFileMb < 1 || rawFileMb > MEBI) {
      throw wrongUsage("--raw-file-mb is " + rawFileMb + ", a number from 1 is expected");
    }
    if (rawFiles < 1 || rawFiles > FILES_MAX) {
      throw wrongUsage("--raw-files is " + rawFiles + ", a number from 1 to 10000 is expected");
    }
    return new FollowOptions.RawOptions(
        path("--raw", raw), rawContent, (long) rawFileMb * MEBI, rawFiles);
  }
}

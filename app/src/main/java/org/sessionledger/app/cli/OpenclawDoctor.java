package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.ProgramVersion;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.openclaw.doctor.Diagnosis;
import org.sessionledger.app.openclaw.doctor.Doctor;
import org.sessionledger.app.openclaw.doctor.LivePatient;
import org.sessionledger.app.openclaw.doctor.Patient;
import org.sessionledger.app.openclaw.doctor.StoredPatient;
import org.sessionledger.app.openclaw.doctor.TooManySessions;
import org.sessionledger.app.openclaw.follow.FollowOptions;
import org.sessionledger.app.openclaw.follow.GatewayAddress;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.app.openclaw.follow.GatewayReader;
import org.sessionledger.core.session.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a gateway shows, held against the ledger. */
@Command(
    name = "doctor",
    header = "Find what a gateway shows otherwise than the ledger has it.%n",
    description =
        "Read what a gateway that runs, or the files of one, shows of every session, compare it with"
            + " the ledger, and tell for each difference what kind it is, what proves it, and which"
            + " command mends it. Nothing is written, neither there nor here: run what is proposed"
            + " only after reading what it costs. What disagrees is looked at twice, since a session"
            + " may be at work.",
    footer = {
      "",
      "Examples:",
      "  openclaw config get gateway.auth.token > token; chmod 600 token",
      "  ${COMMAND-FULL-NAME} --token-file token",
      "  ${COMMAND-FULL-NAME} --token-file token --prefix agent:main: --data ./ledger",
      "  ${COMMAND-FULL-NAME} --store ~/.openclaw --json | jq -r '.findings[].mend.command'"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:nothing disagrees",
      "1:failed, for example a wrong token; one sentence on stderr says why",
      Exit.WRONG_USAGE_HELP,
      Exit.DIFFERENCE_HELP
    })
final class OpenclawDoctor extends LedgerVerb {

  private static final int TOLD_MAX = 10_000;
  private static final int SETTLE_MAX = 3_600;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The gateway; "
              + GatewayAddress.USUAL
              + " when not given. Another machine's only by wss:// or through a tunnel.")
  private @Nullable String url;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file with the gateway's token and nothing else; told to the gateway only.")
  private @Nullable String tokenFile;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "Read a gateway's files instead: its state folder, the folder of one agent in it, or one"
              + " that holds a sessions.json.")
  private @Nullable String store;

  @Option(names = "--agent", paramLabel = "NAME", description = "With --store: only this agent.")
  private @Nullable String agent;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description = "Only sessions whose keys begin with this.")
  private @Nullable String prefix;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description =
          "How long to wait before what disagrees is looked at again; 20 when not given, since a"
              + " gateway shows an error up to 15 s late. 0: judge at first sight.")
  private int settle;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Examine and tell at most so many differences, and as many notes, 1 to 10000; 100 when not"
              + " given. The rest is counted.")
  private int limit;

  OpenclawDoctor(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run() throws Exception {
    storage();
    check(); // What is wrong is told before a ledger is opened.
    return super.run();
  }

  private void check() {
    if (settle < 0 || settle > SETTLE_MAX) {
      throw wrongUsage("--settle is " + settle + ", a number of seconds from 0 is expected");
    }
    if (limit < 1 || limit > TOLD_MAX) {
      throw wrongUsage("--limit is " + limit + ", a number from 1 to 10000 is expected");
    }
    if (store == null) {
      if (agent != null) {
        throw wrongUsage("--agent needs --store");
      }
      options();
    } else {
      if (url != null || tokenFile != null) {
        throw wrongUsage("--store reads files: --url and --token-file are for a gateway that runs");
      }
      folder("--store", store);
    }
  }

  @Override
  int run(LedgerApi api) throws Exception {
    if (store != null) {
      return examine(new StoredPatient(folder("--store", store), agent), api);
    }
    try (GatewayReader gateway = GatewayReader.connect(options())) {
      return examine(new LivePatient(gateway), api);
    } catch (GatewayError e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    }
  }

  private int examine(Patient patient, LedgerApi api) throws GatewayError, InterruptedException {
    Progress progress = new Progress(terminal(), true);
    Diagnosis diagnosis;
    try {
      diagnosis =
          Doctor.examine(
              patient,
              api,
              new MendShell(terminal().program(), whereOptions(), url, tokenFile, store),
              Doctor.Options.of(prefix, Duration.ofSeconds(settle), limit),
              listener(progress));
    } catch (TooManySessions e) {
      throw new Failure(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new Failure(store + " cannot be read: " + DataFolder.reason(e) + ".", e);
    } finally {
      progress.clear();
    }
    if (json()) {
      print(Json.mapper().<JsonNode>valueToTree(diagnosis));
    } else {
      new DoctorReport(terminal(), whereOptions()).print(diagnosis);
    }
    return diagnosis.differ() > 0 ? Exit.DIFFERENCE : Exit.DONE;
  }

  private Doctor.Listener listener(Progress progress) {
    return new Doctor.Listener() {
      @Override
      public void progress(String what, long done) {
        progress.at(what + "  " + Words.number(done), done, 0);
      }

      @Override
      public void again(long sessions, Duration after) {
        progress.clear();
        terminal()
            .err()
            .println(
                Words.count(sessions, "session disagrees", "sessions disagree")
                    + " at first sight; a second look follows in "
                    + after.toSeconds()
                    + " s.");
        terminal().err().flush();
      }
    };
  }

  private FollowOptions options() {
    if (tokenFile == null) {
      throw wrongUsage("Say whom to examine: --token-file FILE of a gateway that runs, or --store");
    }
    return new FollowOptions(
        GatewayOptions.uri(this, url == null ? GatewayAddress.USUAL : url),
        GatewayOptions.token(this, tokenFile),
        ProgramVersion.number(),
        true,
        null,
        null,
        null,
        FollowOptions.Patience.USUAL,
        FollowOptions.Limits.USUAL,
        Clock.systemUTC(),
        new SecureRandom());
  }
}

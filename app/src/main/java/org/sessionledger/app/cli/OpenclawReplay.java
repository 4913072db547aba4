package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.openclaw.Place;
import org.sessionledger.app.openclaw.Recording;
import org.sessionledger.app.openclaw.RecordingReplay;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.ReplayListener;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.Translated;
import org.sessionledger.core.session.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Recorded frames into the ledger. */
@Command(
    name = "replay",
    header = "Feed recorded gateway frames into the ledger.%n",
    description =
        "Feed recorded gateway frames into the ledger, and tell what was refused and where the"
            + " gateway's last rows disagree with it. Files of one gateway are given in the order"
            + " in which they were recorded. A line that is no frame is told on stderr and"
            + " skipped.",
    footer = {
      "",
      "Examples:",
      "  ${COMMAND-FULL-NAME} monday.jsonl tuesday.jsonl",
      "  ${COMMAND-FULL-NAME} monday.jsonl --data ./incident --json"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:replayed, whatever the recording holds",
      Exit.FAILED_HELP,
      Exit.WRONG_USAGE_HELP
    })
final class OpenclawReplay extends LedgerVerb {

  /** Unreadable lines that are told one by one. */
  private static final int UNREADABLE_MAX = 100;

  private static final int PROBLEM_COLUMNS_MAX = 500;

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Recordings: one {t, dir, frame} a line.")
  private List<String> files = new ArrayList<>();

  OpenclawReplay(Terminal terminal) {
    super(terminal);
  }

  @Override
  int run() throws Exception {
    storage();
    recordings(); // A missing file is told before a ledger is opened.
    return super.run();
  }

  @Override
  int run(LedgerApi api) throws IOException {
    List<Recording> recordings = recordings();
    Listener listener = new Listener(recordings);
    Replay replay;
    try {
      replay = RecordingReplay.replay(recordings, patient(api), listener);
    } catch (IOException e) {
      throw new Failure("A recording cannot be read on: " + DataFolder.reason(e) + ".", e);
    } finally {
      listener.progress.clear();
    }
    long untold = replay.unreadableLines() - UNREADABLE_MAX;
    if (untold > 0) {
      terminal().err().println("… and " + Words.count(untold, "more unreadable line") + ".");
    }
    if (json()) {
      JsonNode document = Json.mapper().valueToTree(replay);
      print(document);
    } else {
      new ReplayReport(terminal(), whereOptions(), api).print(replay, listener.refusals);
    }
    return Exit.DONE;
  }

  private List<Recording> recordings() {
    return files.stream().map(this::recording).toList();
  }

  private Recording recording(String file) {
    Path path = path("FILE", file);
    if (!Files.exists(path)) {
      throw new Failure(file + " does not exist.");
    }
    if (Files.isDirectory(path)) {
      throw new Failure(file + " is a folder, not a recording.");
    }
    if (!Files.isReadable(path)) {
      throw new Failure(file + " cannot be read: permission denied.");
    }
    return Recording.of(path);
  }

  /** Hears the replay. */
  private final class Listener implements ReplayListener {

    private final Progress progress = new Progress(terminal(), true);
    private final long total;
    private final OpenclawSummary.Refusals refusals = new OpenclawSummary.Refusals();
    private long decided;
    private long told;
    private long bytesBefore;
    private long bytesOfThis;
    private String current = "";

    Listener(List<Recording> recordings) {
      this.total = recordings.stream().mapToLong(Recording::bytes).sum();
    }

    @Override
    public void decided(Translated command, Ruling ruling) {
      decided++;
      refusals.note(command.place(), command.arrival().command(), ruling);
    }

    @Override
    public void unreadable(Place place, String problem) {
      if (told++ < UNREADABLE_MAX) {
        progress.clear();
        terminal().err().println(Shown.cut(place + ": " + problem, PROBLEM_COLUMNS_MAX));
      }
    }

    @Override
    public void progress(Recording recording, long bytesRead) {
      if (bytesRead < bytesOfThis || !recording.name().equals(current)) {
        bytesBefore += bytesOfThis;
        current = recording.name();
      }
      bytesOfThis = bytesRead;
      progress.at(
          () -> recording.name() + "  " + Words.count(decided, "decision"),
          bytesBefore + bytesRead,
          total);
    }
  }
}

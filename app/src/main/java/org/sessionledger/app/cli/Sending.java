package org.sessionledger.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.session.Json;

/** One stream of commands on its way into a ledger. */
final class Sending {

  /** Lines that are handed over together when they are there already. */
  private static final int CHUNK_LINES = 2_000;

  private static final int CHUNK_BYTES = 16 << 20;
  private static final int BAD_REQUEST = 400;
  private static final int PAYLOAD_TOO_LARGE = 413;

  private final LedgerApi api;
  private final Verb verb;
  private final String input;
  private final long inputBytes;
  private final boolean dryRun;
  private final Progress progress;
  private final long startedAt = System.nanoTime();

  private final List<@Nullable String> chunk = new ArrayList<>();
  private long chunkBytes;
  private long bytesRead;

  private long accepted;
  private long duplicates;
  private long refused;
  private long undecided;

  /**
   * @param inputBytes 0 when that is not known
   * @param dryRun nothing is to be decided but what would be
   */
  Sending(LedgerApi api, Verb verb, String input, long inputBytes, boolean dryRun) {
    this.api = api;
    this.verb = verb;
    this.input = input;
    this.inputBytes = inputBytes;
    this.dryRun = dryRun;
    this.progress = new Progress(verb.terminal(), inputBytes > 0 && !verb.terminal().interactive());
  }

  int run(CommandLines lines) throws IOException {
    CommandLines.Line line;
    while ((line = next(lines)) != null) {
      bytesRead += line.bytes() + 1;
      if (line.tooLong()) {
        handOver(line.number());
        tooLong(line);
      } else if (dryRun && tried(line.text()) == null) {
        handOver(line.number());
        noObject(line);
      } else {
        if (line.text() == null) {
          complain(input + ":" + line.number() + " is not UTF-8.");
        }
        chunk.add(dryRun ? tried(line.text()) : line.text());
        chunkBytes += line.bytes();
        if (chunk.size() == CHUNK_LINES || chunkBytes >= CHUNK_BYTES || lines.waits()) {
          handOver(line.number());
        }
      }
    }
    handOver(0);
    progress.clear();
    summary();
    return status();
  }

  private CommandLines.@Nullable Line next(CommandLines lines) {
    try {
      return lines.next();
    } catch (IOException e) {
      handOver(0);
      throw new Failure(input + " cannot be read on: " + DataFolder.reason(e) + ".", e);
    }
  }

  private void handOver(long lastLine) {
    if (chunk.isEmpty()) {
      return;
    }
    List<JsonNode> decisions;
    try {
      decisions = api.decideAll(chunk);
    } catch (ApiProblem | Failure e) {
      throw new Failure(
          e.getMessage()
              + " Decisions on "
              + Words.count(accepted + duplicates + refused, "command")
              + " were printed; whether the "
              + chunk.size()
              + (lastLine > 0 ? " up to " + input + ":" + lastLine : " after them")
              + " were decided is not known.",
          e);
    }
    for (JsonNode decision : decisions) {
      count(decision);
      verb.print(decision, false);
    }
    verb.terminal().out().flush();
    chunk.clear();
    chunkBytes = 0;
    progress.at(
        () -> Words.count(accepted + duplicates + refused, "decision"), bytesRead, inputBytes);
  }

  private void count(JsonNode decision) {
    switch (decision.path("verdict").asText()) {
      case "accepted" -> accepted++;
      case "duplicate" -> duplicates++;
      case "rejected" -> refused++;
      default -> {
        undecided++;
        complain(Words.of(decision, "detail"));
      }
    }
  }

  /** It is not handed over, as a server would not take it either. */
  private void tooLong(CommandLines.Line line) {
    undecided++;
    String detail =
        input
            + ":"
            + line.number()
            + " has "
            + Words.number(line.bytes())
            + " bytes, at most "
            + Words.number(CommandLines.LINE_BYTES_MAX)
            + " are taken; it was not decided.";
    verb.print(
        new ApiProblem(PAYLOAD_TOO_LARGE, "too-large", "The line is over a size limit", detail)
            .document(),
        false);
    complain(detail);
  }

  /** The command as a question; null when it cannot be asked, because it is no object. */
  private static @Nullable String tried(@Nullable String line) {
    try {
      return line != null && Json.mapper().readTree(line) instanceof ObjectNode command
          ? Json.write(command.put("dryRun", true))
          : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** It is not handed over: an invalid command counts, and nothing is to be counted. */
  private void noObject(CommandLines.Line line) {
    undecided++;
    String detail =
        input + ":" + line.number() + " is no JSON object; as a command it would be invalid.";
    verb.print(
        new ApiProblem(BAD_REQUEST, "unreadable", "The line is no command", detail).document(),
        false);
    complain(detail);
  }

  private void complain(String sentence) {
    progress.clear();
    verb.terminal().err().println(Shown.cut(sentence, 2_000));
  }

  private void summary() {
    if (!verb.terminal().watched()) {
      return;
    }
    double seconds = (System.nanoTime() - startedAt) / 1e9;
    verb.terminal()
        .err()
        .printf(
            "%s in %.1f s: %s accepted, %s, %s refused%n",
            Words.count(accepted + duplicates + refused, "command"),
            seconds,
            Words.number(accepted),
            Words.count(duplicates, "duplicate"),
            Words.number(refused));
    verb.terminal().err().flush();
  }

  private int status() {
    if (undecided > 0) {
      return Exit.FAILED;
    }
    return refused == 1 && accepted + duplicates == 0 ? Exit.REFUSED : Exit.DONE;
  }
}

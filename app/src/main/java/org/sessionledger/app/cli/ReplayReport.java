package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.Translated;
import org.sessionledger.core.session.SessionCommand;

/** What came of a replay, for people. */
final class ReplayReport {

  /** Refusals that are told one by one. */
  static final int REFUSALS_MAX = 20;

  private static final int ROWS_MAX = 50;

  /** One refusal of the replay. */
  record Refused(Translated command, Ruling ruling) {}

  private final Terminal terminal;
  private final Style style;
  private final String where;

  /**
   * @param where the options that say where the ledger is, for hints
   */
  ReplayReport(Terminal terminal, String where) {
    this.terminal = terminal;
    this.style = terminal.style();
    this.where = where;
  }

  void print(Replay replay, List<Refused> refusals, long refusalsLeftOut, LedgerApi api) {
    counts(replay);
    refusals(refusals, refusalsLeftOut, api);
    sessions(replay);
    differences(replay);
  }

  private void counts(Replay replay) {
    say(
        Words.count(replay.frames(), "frame")
            + (replay.unreadableLines() == 0
                ? ""
                : " and " + Words.count(replay.unreadableLines(), "unreadable line"))
            + " gave "
            + Words.count(replay.arrivals(), "command")
            + ": "
            + style.good(Words.number(replay.accepted()) + " accepted")
            + ", "
            + Words.count(replay.duplicates(), "duplicate")
            + ", "
            + (replay.rejected() == 0
                ? "none refused"
                : style.bad(Words.number(replay.rejected()) + " refused"))
            + ".");
  }

  private void refusals(List<Refused> refusals, long leftOut, LedgerApi api) {
    if (refusals.isEmpty()) {
      return;
    }
    head("Refused");
    for (Refused refused : refusals) {
      SessionCommand command = refused.command().arrival().command();
      String run = command instanceof SessionCommand.OfRun of ? "  " + of.runId().value() : "";
      say(
          "  "
              + Shown.cut(refused.command().place().toString(), 44)
              + "  "
              + command.type()
              + Shown.cut(run, 32)
              + "  "
              + style.bad(String.valueOf(refused.ruling().reason())));
      Paragraph.print(terminal, "      ", sentence(refused.ruling().decisionId(), api));
    }
    if (leftOut > 0) {
      say("  … and " + Words.number(leftOut) + " more: " + hint("decision list"));
    }
  }

  private static String sentence(@Nullable String decisionId, LedgerApi api) {
    if (decisionId == null) {
      return Words.NONE;
    }
    JsonNode decision = api.decision(decisionId);
    return Words.of(decision, "detail");
  }

  private void sessions(Replay replay) {
    if (replay.sessions().isEmpty()) {
      return;
    }
    head("Sessions");
    Table table =
        new Table(style, "  ")
            .left("SESSION")
            .right("GEN")
            .status("STATUS")
            .right("ACTIVE")
            .id("SESSION ID");
    replay.sessions().stream()
        .limit(ROWS_MAX)
        .forEach(
            s ->
                table.row(
                    s.sessionKey(), s.generation(), s.status(), s.activeRuns(), s.sessionId()));
    table.print(terminal.out());
    more(replay.sessions().size(), "session list");
  }

  private void differences(Replay replay) {
    head("Differences");
    if (replay.differences().isEmpty()) {
      say("  None: the gateway's last rows and the ledger agree.");
      return;
    }
    replay.differences().stream().limit(ROWS_MAX).forEach(this::difference);
    int more = replay.differences().size() - ROWS_MAX;
    if (more > 0) {
      say("  … and " + Words.number(more) + " more: --json has them all");
    }
  }

  private void difference(Replay.Difference difference) {
    say(
        "  "
            + style.bold(Shown.cut(difference.sessionKey(), 40))
            + ": "
            + style.odd(Shown.text(sentence(difference))));
    if (difference.runId() != null) {
      Paragraph.print(
          terminal,
          "      ",
          "The likely cause is a late report of run "
              + difference.runId()
              + ", which was refused:");
    }
    if (difference.decisionId() != null) {
      say("      " + hint("decision explain " + Shell.quote(difference.decisionId())));
    }
  }

  /** Where the two sides disagree, and only that. */
  static String sentence(Replay.Difference difference) {
    Replay.Shown shown = difference.shown();
    Replay.Held held = difference.ledger();
    if (shown.hasActiveRun() != null) {
      return "OpenClaw shows "
          + (shown.hasActiveRun() ? "an active run" : "no active run")
          + ", the ledger has "
          + held.activeRuns()
          + ".";
    }
    String status = shown.status() == null ? "no status" : shown.status();
    return shown.sessionId().equals(held.sessionId())
        ? "OpenClaw shows " + status + ", the ledger says " + held.status() + "."
        : "OpenClaw shows session id "
            + shown.sessionId()
            + " ("
            + status
            + "), the ledger has "
            + held.sessionId()
            + " ("
            + held.status()
            + ").";
  }

  private void more(int size, String verb) {
    if (size > ROWS_MAX) {
      say("  … and " + Words.number(size - ROWS_MAX) + " more: " + hint(verb));
    }
  }

  private String hint(String verb) {
    return style.command(terminal.program() + " " + verb + where);
  }

  private void head(String text) {
    say("");
    say(style.bold(text));
  }

  private void say(String line) {
    terminal.out().println(line);
  }
}

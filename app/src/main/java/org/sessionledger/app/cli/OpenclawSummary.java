package org.sessionledger.app.cli;

import java.util.ArrayList;
import java.util.List;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Verdict;

/** What a replay and an import tell people in the same way. */
abstract class OpenclawSummary {

  /** Refusals that are told one by one. */
  private static final int REFUSALS_MAX = 20;

  static final int ROWS_MAX = 50;

  /**
   * One refusal.
   *
   * @param place the frame or the record that it comes from
   */
  record Refused(String place, SessionCommand command, Ruling ruling) {}

  /** The first refusals, and how many there were. */
  static final class Refusals {

    private final List<Refused> first = new ArrayList<>();
    private long leftOut;

    void note(Object place, SessionCommand command, Ruling ruling) {
      if (ruling.verdict() != Verdict.REJECTED) {
        return;
      }
      if (first.size() < REFUSALS_MAX) {
        first.add(new Refused(place.toString(), command, ruling));
      } else {
        leftOut++;
      }
    }
  }

  final Terminal terminal;
  final Style style;
  private final String where;

  /**
   * @param where the options that say where the ledger is, for hints
   */
  OpenclawSummary(Terminal terminal, String where) {
    this.terminal = terminal;
    this.style = terminal.style();
    this.where = where;
  }

  /** {@code 7 commands: 5 accepted, 1 duplicate, 1 refused.} */
  static String counts(Style style, long accepted, long duplicates, long rejected) {
    return Words.count(accepted + duplicates + rejected, "command")
        + ": "
        + style.good(Words.number(accepted) + " accepted")
        + ", "
        + Words.count(duplicates, "duplicate")
        + ", "
        + (rejected == 0 ? "none refused" : style.bad(Words.number(rejected) + " refused"))
        + ".";
  }

  void refusals(Refusals refusals) {
    if (refusals.first.isEmpty()) {
      return;
    }
    head("Refused");
    for (Refused refused : refusals.first) {
      SessionCommand command = refused.command();
      String run = command instanceof SessionCommand.OfRun of ? "  " + of.runId().value() : "";
      say(
          "  "
              + Shown.cut(refused.place(), 44)
              + "  "
              + command.type()
              + Shown.cut(run, 32)
              + "  "
              + style.bad(String.valueOf(refused.ruling().reason())));
      explain(refused);
    }
    if (refusals.leftOut > 0) {
      say("  … and " + Words.number(refusals.leftOut) + " more: " + hint("decision list"));
    }
  }

  /** More about one of them. */
  void explain(Refused refused) {}

  void sessions(List<Replay.LedgerSession> sessions) {
    if (sessions.isEmpty()) {
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
    sessions.stream()
        .limit(ROWS_MAX)
        .forEach(
            s ->
                table.row(
                    s.sessionKey(), s.generation(), s.status(), s.activeRuns(), s.sessionId()));
    table.print(terminal.out());
    more(sessions.size(), hint("session list"));
  }

  /**
   * @param shows what shows the rows
   */
  void differences(List<Replay.Difference> differences, String shows) {
    head("Differences");
    if (differences.isEmpty()) {
      say("  None: " + shows + " and the ledger agree.");
      return;
    }
    differences.stream().limit(ROWS_MAX).forEach(this::difference);
    more(differences.size(), "--json has them all");
  }

  private void difference(Replay.Difference difference) {
    say(
        "  "
            + style.bold(Shown.cut(difference.sessionKey(), 40))
            + ": "
            + style.odd(Shown.text(sentence(difference))));
    explain(difference);
  }

  /** More about one of them. */
  void explain(Replay.Difference difference) {}

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

  void more(int size, String where) {
    if (size > ROWS_MAX) {
      say("  … and " + Words.number(size - ROWS_MAX) + " more: " + where);
    }
  }

  String hint(String verb) {
    return style.command(terminal.program() + " " + verb + where);
  }

  void head(String text) {
    say("");
    say(style.bold(text));
  }

  void say(String line) {
    terminal.out().println(line);
  }
}

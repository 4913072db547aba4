package org.sessionledger.app.cli;

import java.util.List;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.disk.Import;
import org.sessionledger.app.openclaw.disk.Order;
import org.sessionledger.core.session.SessionCommand;

/** What came of an import, for people. */
final class ImportReport {

  private static final int ROWS_MAX = 50;

  /** One refusal of the import. */
  record Refused(Order order, Ruling ruling) {}

  private final Terminal terminal;
  private final Style style;
  private final String where;

  /**
   * @param where the options that say where the ledger is, for hints
   */
  ImportReport(Terminal terminal, String where) {
    this.terminal = terminal;
    this.style = terminal.style();
    this.where = where;
  }

  void print(Import done, List<Refused> refusals, long refusalsLeftOut) {
    counts(done);
    refusals(refusals, refusalsLeftOut);
    wouldRefuse(done.wouldRefuse());
    sessions(done.sessions());
    torn(done.torn());
    differences(done.differences());
  }

  private void counts(Import done) {
    say(
        Words.count(done.sessionsRead(), "session")
            + (done.sessionsKnown() == 0
                ? ""
                : " (" + Words.number(done.sessionsKnown()) + " known before)")
            + (done.unreadableRecords() == 0
                ? ""
                : " and " + Words.count(done.unreadableRecords(), "unreadable record"))
            + " gave "
            + Words.count(done.arrivals(), "command")
            + ": "
            + style.good(Words.number(done.accepted()) + " accepted")
            + ", "
            + Words.count(done.duplicates(), "duplicate")
            + ", "
            + (done.rejected() == 0
                ? "none refused"
                : style.bad(Words.number(done.rejected()) + " refused"))
            + ".");
    if (done.runsTooLate() > 0) {
      say(
          Words.count(done.runsTooLate(), "run")
              + " of generations that have ended in the ledger came too late to be told.");
    }
    if (done.unnamedTranscripts() > 0) {
      say(
          Words.count(done.unnamedTranscripts(), "transcript")
              + " left out: no record tells which session they are of.");
    }
  }

  private void refusals(List<Refused> refusals, long leftOut) {
    if (refusals.isEmpty()) {
      return;
    }
    head("Refused");
    for (Refused refused : refusals) {
      SessionCommand command = refused.order().arrival().command();
      String run = command instanceof SessionCommand.OfRun of ? "  " + of.runId().value() : "";
      say(
          "  "
              + Shown.cut(refused.order().where(), 44)
              + "  "
              + command.type()
              + Shown.cut(run, 32)
              + "  "
              + style.bad(String.valueOf(refused.ruling().reason())));
    }
    if (leftOut > 0) {
      say("  … and " + Words.number(leftOut) + " more: " + hint("decision list"));
    }
  }

  private void wouldRefuse(List<Import.WouldRefuse> changes) {
    head("Recorded changes that the ledger would have refused");
    if (changes.isEmpty()) {
      say("  None.");
      return;
    }
    changes.stream()
        .limit(ROWS_MAX)
        .forEach(
            change -> {
              say(
                  "  "
                      + style.bold(Shown.cut(change.sessionKey(), 40))
                      + ": "
                      + style.bad(change.reason())
                      + "  "
                      + Shown.text(change.where()));
              String run = change.runId() == null ? "" : " (run " + change.runId() + ")";
              Paragraph.print(terminal, "      ", change.what() + run + ".");
            });
    more(changes.size());
  }

  private void sessions(List<Replay.LedgerSession> sessions) {
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
    if (sessions.size() > ROWS_MAX) {
      say("  … and " + Words.number(sessions.size() - ROWS_MAX) + " more: " + hint("session list"));
    }
  }

  private void torn(List<String> torn) {
    if (torn.isEmpty()) {
      return;
    }
    head("Torn: the records were trusted");
    torn.stream().limit(ROWS_MAX).forEach(line -> Paragraph.print(terminal, "  ", line));
    more(torn.size());
  }

  private void differences(List<Replay.Difference> differences) {
    head("Differences");
    if (differences.isEmpty()) {
      say("  None: the store's rows and the ledger agree.");
      return;
    }
    differences.stream()
        .limit(ROWS_MAX)
        .forEach(
            d ->
                say(
                    "  "
                        + style.bold(Shown.cut(d.sessionKey(), 40))
                        + ": "
                        + style.odd(Shown.text(ReplayReport.sentence(d)))));
    more(differences.size());
  }

  private void more(int size) {
    if (size > ROWS_MAX) {
      say("  … and " + Words.number(size - ROWS_MAX) + " more: --json has them all");
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

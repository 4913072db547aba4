package org.sessionledger.app.cli;

import java.util.List;
import org.sessionledger.app.openclaw.disk.Import;

/** What came of an import, for people. */
final class ImportReport extends OpenclawSummary {

  ImportReport(Terminal terminal, String where) {
    super(terminal, where);
  }

  void print(Import done, Refusals refusals) {
    counts(done);
    refusals(refusals);
    wouldRefuse(done.wouldRefuse());
    sessions(done.sessions());
    torn(done.torn());
    differences(done.differences(), "the store's rows");
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
            + counts(style, done.accepted(), done.duplicates(), done.rejected()));
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

  private void wouldRefuse(List<Import.WouldRefuse> changes) {
    head("Recorded changes that the ledger would have refused");
    if (changes.isEmpty()) {
      say("  None.");
      return;
    }
    changes.stream().limit(ROWS_MAX).forEach(this::wouldRefuse);
    more(changes.size(), "--json has them all");
  }

  private void wouldRefuse(Import.WouldRefuse change) {
    say(
        "  "
            + style.bold(Shown.cut(change.sessionKey(), 40))
            + ": "
            + style.bad(change.reason())
            + "  "
            + Shown.text(change.where()));
    String run = change.runId() == null ? "" : " (run " + change.runId() + ")";
    Paragraph.print(terminal, "      ", change.what() + run + ".");
  }

  private void torn(List<String> torn) {
    if (torn.isEmpty()) {
      return;
    }
    head("Torn: the records were trusted");
    torn.stream().limit(ROWS_MAX).forEach(line -> Paragraph.print(terminal, "  ", line));
    more(torn.size(), "--json has them all");
  }
}

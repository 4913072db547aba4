package org.sessionledger.app.cli;

import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.openclaw.Replay;

/** What came of a replay, for people. */
final class ReplayReport extends OpenclawSummary {

  private final LedgerApi api;

  ReplayReport(Terminal terminal, String where, LedgerApi api) {
    super(terminal, where);
    this.api = api;
  }

  void print(Replay replay, Refusals refusals) {
    say(
        Words.count(replay.frames(), "frame")
            + (replay.unreadableLines() == 0
                ? ""
                : " and " + Words.count(replay.unreadableLines(), "unreadable line"))
            + " gave "
            + counts(style, replay.accepted(), replay.duplicates(), replay.rejected()));
    refusals(refusals);
    sessions(replay.sessions());
    differences(replay.differences(), "the gateway's last rows");
  }

  @Override
  void explain(Refused refused) {
    String id = refused.ruling().decisionId();
    String why = id == null ? Words.NONE : Words.of(api.decision(id), "detail");
    Paragraph.print(terminal, "      ", why);
  }

  @Override
  void explain(Replay.Difference difference) {
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
}

package org.sessionledger.app.openclaw.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Row;
import org.sessionledger.app.openclaw.ShownSession;
import org.sessionledger.core.identity.SessionId;

/**
 * What mends a finding, and what that costs. The gateway's methods and their fields are those of
 * OpenClaw 2026.5.28 and 2026.9.6, which refuse fields that they do not know.
 */
final class Remedies {

  private static final Pattern VERSION = Pattern.compile("(\\d{4})\\.(\\d{1,2})\\.(\\d{1,3}).*");

  /** The first version known to take {@code expectedSessionId}: 2026.9.6. */
  private static final int EXPECTS_ID = number(2026, 9, 6);

  private final boolean live;
  private final boolean expectsId;
  private final Mend.Shell shell;

  Remedies(Patient patient, Mend.Shell shell) {
    this.live = patient.moves();
    this.expectsId = number(patient.version()) >= EXPECTS_ID;
    this.shell = shell;
  }

  private static int number(@Nullable String version) {
    Matcher parts = VERSION.matcher(version == null ? "" : version);
    return parts.matches()
        ? number(
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)))
        : 0;
  }

  private static int number(int year, int month, int day) {
    return (year * 100 + month) * 1_000 + day;
  }

  Mend of(Finding.Kind kind, ShownSession shown, LedgerSide.Now now, List<Evidence> evidence) {
    return switch (kind) {
      case RESET_NOT_REACHED -> resetAgain(shown, now);
      case COMPACTION_NOT_REACHED ->
          new Mend(
              null,
              "The gateway's row learns its new session id when the run that compacted ends: look"
                  + " again then. If nothing runs and it stays so, sessions.reset ends it.");
      case RUNNING_NOTHING_RUNS -> end(shown);
      case OPEN_NOT_RUNNING -> interrupt(shown, evidence);
      case UNKNOWN_SESSION_ID ->
          new Mend(
              shell.catchUp(),
              live
                  ? "The ledger missed how the session went on. A follower takes the new session id"
                      + " with the session's next frame; openclaw import reads it from the"
                      + " gateway's folder."
                  : "The ledger missed how the session went on; this tells it.");
      case CLOSED_STILL_THERE ->
          new Mend(
              shell.gateway("sessions.delete", key(shown)),
              "Deletes the row, as the ledger has it. Not if the session is in use again: then the"
                  + " ledger missed that.");
      case STATUS_DIFFERS ->
          new Mend(
              shell.gateway("sessions.reset", reset(shown)),
              "The session's next run overwrites the status, and costs nothing. This clears it now,"
                  + " and begins the conversation anew. If the gateway is right, the ledger missed"
                  + " a report: openclaw import reads it from the gateway's folder.");
    };
  }

  private Mend resetAgain(ShownSession shown, LedgerSide.Now now) {
    boolean blank = now.held().status().equals("idle");
    return new Mend(
        shell.gateway("sessions.reset", reset(shown)),
        blank
            ? "Resets the session in the gateway. In the ledger nothing has run since the reset, so"
                + " nothing is lost."
            : "Resets the session in the gateway, which begins the conversation anew. A status is"
                + " overwritten by the session's next run, too, and that costs nothing.");
  }

  private Mend end(ShownSession shown) {
    if (!Boolean.TRUE.equals(shown.row().hasActiveRun())) {
      return new Mend(
          shell.gateway("sessions.reset", reset(shown)),
          "Clears the status, and begins the conversation anew. The session's next run overwrites"
              + " the status, too, and costs nothing. sessions.abort would answer no-active-run and"
              + " change nothing.");
    }
    ObjectNode params = key(shown);
    if (shown.runs().size() == 1) {
      params.put("runId", shown.runs().get(0).value());
    }
    return new Mend(
        shell.gateway("sessions.abort", params), "Ends the run that the gateway still holds.");
  }

  private Mend interrupt(ShownSession shown, List<Evidence> evidence) {
    Evidence.LedgerRun open = null;
    for (Evidence each : evidence) {
      if (each instanceof Evidence.LedgerRun run && run.status().equals("running")) {
        open = run;
      }
    }
    if (!live || open == null) {
      return new Mend(
          shell.catchUp(),
          "The gateway has nothing to mend: the ledger did not hear how the run ended. This tells"
              + " it, where the gateway has recorded it.");
    }
    ObjectNode command = JsonNodeFactory.instance.objectNode().put("type", "InterruptRuns");
    command.put("sessionKey", shown.key().value());
    command.put("runId", open.runId()).put("attempt", open.attempt());
    return new Mend(
        shell.ledger(command),
        "The gateway has nothing to mend: the ledger did not hear how the run ended. This marks it"
            + " as interrupted, which its real end still corrects; openclaw import may know that.");
  }

  private ObjectNode reset(ShownSession shown) {
    ObjectNode params = key(shown);
    Row row = shown.row();
    SessionId id = row.sessionId();
    if (expectsId && id != null) {
      params.put("expectedSessionId", id.value()); // Not the healthy successor.
    }
    return params;
  }

  private static ObjectNode key(ShownSession shown) {
    return JsonNodeFactory.instance.objectNode().put("key", shown.key().value());
  }
}

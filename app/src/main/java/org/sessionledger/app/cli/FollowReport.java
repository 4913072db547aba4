package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.Place;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.Translated;
import org.sessionledger.app.openclaw.follow.FollowListener;
import org.sessionledger.app.openclaw.follow.FollowSummary;
import org.sessionledger.app.openclaw.follow.Gap;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Verdict;

/**
 * Tells what a follower hears: refusals and differences on stdout, for people or as one JSON object
 * a line; how the connection does on stderr.
 */
final class FollowReport implements FollowListener {

  private static final int COLUMNS = 500;

  /** Unreadable frames that are told one by one; the others are counted. */
  private static final int UNREADABLE_MAX = 20;

  private final Terminal terminal;
  private final Style style;
  private final String where;
  private final boolean json;
  private long unreadable;

  /**
   * @param where the options that say where the ledger is, for hints
   */
  FollowReport(Terminal terminal, String where, boolean json) {
    this.terminal = terminal;
    this.style = terminal.style();
    this.where = where;
    this.json = json;
  }

  @Override
  public void decided(Translated command, Ruling ruling) {
    if (ruling.verdict() != Verdict.REJECTED) {
      return;
    }
    SessionCommand order = command.arrival().command();
    SessionKey key = order.sessionKey();
    String run = order instanceof SessionCommand.OfRun of ? of.runId().value() : null;
    if (json) {
      ObjectNode line = event("refused");
      line.put("frame", command.place().toString());
      line.put("type", order.type());
      put(line, "sessionKey", key == null ? null : key.value());
      put(line, "runId", run);
      put(line, "reason", ruling.reason());
      put(line, "decisionId", ruling.decisionId());
      print(line);
      return;
    }
    say(
        style.bad("refused  ")
            + Shown.cut(key == null ? Words.NONE : key.value(), 48)
            + "  "
            + order.type()
            + (run == null ? "" : "  " + Shown.cut(run, 40))
            + "  "
            + style.bad(String.valueOf(ruling.reason()))
            + "  "
            + style.dim(String.valueOf(ruling.decisionId())));
  }

  @Override
  public void differs(Replay.Difference difference) {
    if (json) {
      print(
          event("difference").setAll((ObjectNode) Json.mapper().<JsonNode>valueToTree(difference)));
      return;
    }
    say(
        style.odd("differs  ")
            + Shown.cut(difference.sessionKey(), 48)
            + "  "
            + style.odd(Shown.text(OpenclawSummary.sentence(difference))));
  }

  @Override
  public void agrees(SessionKey key) {
    if (json) {
      print(event("agreement").put("sessionKey", key.value()));
    } else {
      say(style.good("agrees   ") + Shown.cut(key.value(), 48));
    }
  }

  @Override
  public void gap(Gap gap) {
    if (json) {
      ObjectNode line = event("gap");
      line.put("from", gap.from().toString());
      line.put("to", gap.to().truncatedTo(ChronoUnit.MILLIS).toString());
      print(line.put("sessions", gap.sessions().size()).put("why", gap.why()));
    }
    Duration took = Duration.between(gap.from(), gap.to());
    complain(
        String.format(
            Locale.ROOT,
            "Nothing was heard for %.1f s; it may concern %s.",
            took.toMillis() / 1_000.0,
            Words.count(gap.sessions().size(), "session")));
  }

  @Override
  public void connected(@Nullable String version, long listed) {
    if (json) {
      ObjectNode line = event("connected");
      put(line, "version", version);
      print(line.put("listed", listed));
    }
    complain(
        "Follows "
            + (version == null ? "a gateway" : "OpenClaw " + version)
            + ", which lists "
            + Words.count(listed, "session")
            + ".");
  }

  @Override
  public void disconnected(String why, long retryMillis) {
    if (json) {
      ObjectNode line = event("disconnected").put("why", why);
      if (retryMillis >= 0) {
        line.put("retryMillis", retryMillis);
      }
      print(line);
    }
    complain(
        "Not connected: "
            + why
            + "."
            + (retryMillis < 0
                ? ""
                : String.format(
                    Locale.ROOT, " The next attempt is in %.1f s.", retryMillis / 1_000.0)));
  }

  @Override
  public void unreadable(Place place, String problem) {
    if (++unreadable <= UNREADABLE_MAX) {
      complain(place + ": " + problem);
      if (unreadable == UNREADABLE_MAX) {
        complain("More frames that cannot be read are counted only.");
      }
    }
  }

  @Override
  public void trouble(String what) {
    complain(what);
  }

  /** Tells what came of it. */
  void end(FollowSummary summary) {
    if (json) {
      print(event("summary").setAll((ObjectNode) Json.mapper().<JsonNode>valueToTree(summary)));
      return;
    }
    say(
        Words.count(summary.frames(), "frame")
            + (summary.unreadable() == 0
                ? ""
                : ", " + Words.number(summary.unreadable()) + " of them unreadable,")
            + " gave "
            + OpenclawSummary.counts(
                style, summary.accepted(), summary.duplicates(), summary.rejected()));
    say(
        Words.count(summary.connections(), "connection")
            + ", "
            + Words.count(summary.gaps(), "gap")
            + ", "
            + Words.count(summary.differences().size(), "difference")
            + String.format(
                Locale.ROOT,
                "; decided within %.1f ms (p50), %.1f ms (p99).",
                summary.p50Milliseconds(),
                summary.p99Milliseconds()));
    for (Map.Entry<String, Long> kind : summary.unknown().entrySet()) {
      say(
          "Unknown: "
              + Shown.cut(kind.getKey(), 60)
              + ", "
              + Words.count(kind.getValue(), "frame")
              + ".");
    }
    if (summary.rejected() > 0) {
      say("Why: " + style.command(terminal.program() + " decision list" + where));
    }
  }

  private static ObjectNode event(String name) {
    return JsonNodeFactory.instance.objectNode().put("event", name);
  }

  private static void put(ObjectNode line, String field, @Nullable String value) {
    if (value != null) {
      line.put(field, value);
    }
  }

  private void print(JsonNode line) {
    terminal.out().println(Shown.json(Json.write(line)));
    terminal.out().flush();
  }

  private void say(String line) {
    terminal.out().println(line);
    terminal.out().flush();
  }

  private void complain(String sentence) {
    terminal.err().println(Shown.cut(sentence, COLUMNS));
    terminal.err().flush();
  }
}

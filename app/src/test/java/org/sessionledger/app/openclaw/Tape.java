package org.sessionledger.app.openclaw;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A recording that a test speaks, frame by frame; a frame's line is its number, from 1. */
final class Tape {

  static final String KEY = "agent:main:chat";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String key;
  private final StringBuilder lines = new StringBuilder();
  private long now = 1_000_000;
  private int seq;

  Tape() {
    this(KEY);
  }

  Tape(String key) {
    this.key = key;
  }

  /** {@code name, value, name, value …}; a value may be null. */
  static Map<String, Object> map(Object... pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put((String) pairs[i], pairs[i + 1]);
    }
    return map;
  }

  Tape frame(Map<String, Object> frame) {
    now += 10;
    try {
      return raw(JSON.writeValueAsString(map("t", now, "dir", "in", "frame", frame)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Tape raw(String line) {
    lines.append(line).append('\n');
    return this;
  }

  Tape event(String event, Map<String, Object> payload) {
    return frame(map("type", "event", "event", event, "payload", payload));
  }

  Tape hello(String bootId, long uptimeMs) {
    Map<String, Object> server = map("version", "2026.9.6", "connId", "c");
    if (bootId != null) {
      server.put("bootId", bootId);
    }
    Map<String, Object> payload =
        map("type", "hello-ok", "server", server, "snapshot", map("uptimeMs", uptimeMs));
    return frame(map("type", "res", "id", "hello", "ok", true, "payload", payload));
  }

  Tape close(int code) {
    return frame(map("type", "_close", "code", code, "reason", ""));
  }

  /** The client was away. */
  Tape later(long millis) {
    now += millis;
    return this;
  }

  /** A lifecycle frame of 2026.5.28: it does not tell its session id. */
  Tape run(String run, String phase, Object... data) {
    return agent(key, null, run, phase, data);
  }

  /** A lifecycle frame of 2026.6.1 and later. */
  Tape run6(String sessionId, String run, String phase, Object... data) {
    return agent(key, sessionId, run, phase, data);
  }

  Tape agent(String sessionKey, String sessionId, String run, String phase, Object... data) {
    Map<String, Object> details = map(data);
    details.put("phase", phase);
    Map<String, Object> payload = map("runId", run, "stream", "lifecycle", "data", details);
    if (sessionKey != null) {
      payload.put("sessionKey", sessionKey);
    }
    if (sessionId != null) {
      payload.put("sessionId", sessionId);
    }
    payload.put("seq", ++seq);
    payload.put("ts", now);
    return event("agent", payload);
  }

  /** The gateway's projection of a run's last frame. */
  Tape projected(String run, String phase, String rowId, String status) {
    return projected(run, phase, now - 10, rowId, status);
  }

  Tape projected(String run, String phase, long ts, String rowId, String status) {
    Map<String, Object> payload =
        map("sessionKey", key, "phase", phase, "runId", run, "ts", ts, "sessionId", rowId);
    if (status != null) {
      payload.put("status", status);
    }
    return event("sessions.changed", payload);
  }

  long now() {
    return now;
  }

  Tape changed(String reason, String rowId, Object... more) {
    Map<String, Object> payload =
        map("sessionKey", key, "reason", reason, "ts", now, "sessionId", rowId);
    payload.putAll(map(more));
    return event("sessions.changed", payload);
  }

  /** A row of the session in a frame that tells nothing else. */
  Tape row(String rowId, String status) {
    return event(
        "session.message",
        map("sessionKey", key, "session", map("key", key, "sessionId", rowId, "status", status)));
  }

  /** A page of a listing, asked for and answered. */
  @SafeVarargs
  final Tape listed(Map<String, Object>... rows) {
    String id = "list-" + ++seq;
    return ask(id, "sessions.list", map())
        .answer(id, map("sessions", List.of(rows), "hasMore", false));
  }

  /** What a listing shows of the session. */
  static Map<String, Object> listedRow(
      String rowId, String status, Boolean active, long updatedAt, Object... more) {
    Map<String, Object> row =
        map(
            "key",
            KEY,
            "sessionId",
            rowId,
            "status",
            status,
            "hasActiveRun",
            active,
            "updatedAt",
            updatedAt);
    row.putAll(map(more));
    return row;
  }

  Tape ask(String id, String method) {
    return ask(id, method, map("key", key));
  }

  Tape ask(String id, String method, Map<String, Object> params) {
    return frame(map("type", "req", "id", id, "method", method, "params", params));
  }

  Tape answer(String id, Map<String, Object> payload) {
    return frame(map("type", "res", "id", id, "ok", true, "payload", payload));
  }

  Tape resetAnswer(String id, String newId, long updatedAt) {
    Map<String, Object> entry = map("sessionId", newId, "updatedAt", updatedAt);
    return answer(id, map("ok", true, "key", key, "entry", entry));
  }

  Recording recording() {
    byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
    return new Recording("tape", bytes.length, () -> new ByteArrayInputStream(bytes));
  }

  /** The commands that a ledger gets which obeys every one of them. */
  List<String> commands() {
    return replay(new ScriptedDecider()).commands();
  }

  record Played(Replay replay, List<String> commands, List<Translated> translated) {}

  Played replay(Decider decider) {
    return play(decider, recording());
  }

  static Played play(Decider decider, Recording... recordings) {
    List<String> commands = new ArrayList<>();
    List<Translated> translated = new ArrayList<>();
    ReplayListener listener =
        new ReplayListener() {
          @Override
          public void decided(Translated command, Ruling ruling) {
            commands.add(CommandLine.of(command));
            translated.add(command);
          }
        };
    try {
      return new Played(
          RecordingReplay.replay(List.of(recordings), decider, listener), commands, translated);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

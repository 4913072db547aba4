package org.sessionledger.app.openclaw.disk;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import org.sessionledger.core.session.Json;

/** Writes a store of files as the gateway of 2026.5.28 does, record by record. */
public final class TextStore {

  private final Path state;
  private final Path sessions;
  private final ObjectNode rows = Json.mapper().createObjectNode();

  public TextStore(Path state) throws IOException {
    this(state, "main");
  }

  TextStore(Path state, String agent) throws IOException {
    this.state = state;
    this.sessions = Files.createDirectories(state.resolve("agents/" + agent + "/sessions"));
  }

  public Path state() {
    return state;
  }

  Path file(String name) {
    return sessions.resolve(name);
  }

  /** A row of {@code sessions.json}. */
  public TextStore row(String key, String sessionId, Map<String, ?> fields) throws IOException {
    ObjectNode row = rows.putObject(key);
    row.put("sessionId", sessionId);
    row.put("updatedAt", 1L).put("systemSent", true).put("abortedLastRun", false);
    row.put("sessionFile", "/var/lib/openclaw/agents/main/sessions/" + sessionId + ".jsonl");
    row.putObject("route").put("channel", "webchat");
    fields.forEach((name, value) -> row.set(name, Json.mapper().valueToTree(value)));
    write();
    return this;
  }

  TextStore withoutRow(String key) throws IOException {
    rows.remove(key);
    write();
    return this;
  }

  private void write() throws IOException {
    Files.writeString(
        file("sessions.json"),
        Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(rows));
  }

  /** A transcript that was begun: its first record, and a message. */
  public TextStore transcript(String file, String sessionId, long at) throws IOException {
    return line(
            file,
            "{\"type\":\"session\",\"version\":3,\"id\":\"%s\",\"timestamp\":\"%s\",\"cwd\":\"/w\"}"
                .formatted(sessionId, iso(at)))
        .line(
            file,
            "{\"type\":\"message\",\"id\":\"m1\",\"parentId\":null,\"timestamp\":\"%s\","
                    .formatted(iso(at + 1))
                + "\"message\":{\"role\":\"user\",\"content\":\"hi {\\\"type\\\":\\\"session\\\"}\"}}");
  }

  /** The archive that a reset makes of a transcript. */
  public TextStore reset(String sessionId, long began, long at) throws IOException {
    return transcript(archive(sessionId, "reset", at), sessionId, began);
  }

  static String archive(String sessionId, String reason, long at) {
    return sessionId + ".jsonl." + reason + "." + iso(at).replace(':', '-');
  }

  /** A run's records; an end with no status is missing, as after a kill. */
  public TextStore run(
      String key, String sessionId, String runId, long started, long ended, String status)
      throws IOException {
    String file = sessionId + ".trajectory.jsonl";
    traced(file, key, sessionId, runId, 1, started, "session.started", "{\"trigger\":\"user\"}");
    traced(
        file,
        key,
        sessionId,
        runId,
        2,
        started + 1,
        "context.compiled",
        "{\"systemPrompt\":\"" + "long ".repeat(50) + "\",\"tools\":[{\"name\":\"t\"}]}");
    if (status != null) {
      traced(
          file,
          key,
          sessionId,
          runId,
          3,
          ended,
          "session.ended",
          "{\"status\":\"%s\",\"aborted\":%s,\"externalAbort\":false,\"timedOut\":false%s}"
              .formatted(
                  status,
                  status.equals("interrupted"),
                  status.equals("error") ? ",\"promptError\":\"the model said no\"" : ""));
    }
    return this;
  }

  TextStore traced(
      String file,
      String key,
      String sessionId,
      String runId,
      int seq,
      long at,
      String type,
      String data)
      throws IOException {
    return line(
        file,
        ("{\"traceSchema\":\"openclaw-trajectory\",\"schemaVersion\":1,\"traceId\":\"%2$s\","
                + "\"source\":\"runtime\",\"type\":\"%6$s\",\"ts\":\"%5$s\",\"seq\":%4$d,"
                + "\"sourceSeq\":%4$d,\"sessionId\":\"%2$s\",\"sessionKey\":\"%1$s\","
                + "\"runId\":\"%3$s\",\"workspaceDir\":\"/w\",\"provider\":\"mock\","
                + "\"modelId\":\"mock-1\",\"modelApi\":\"openai\",\"data\":%7$s}")
            .formatted(key, sessionId, runId, seq, iso(at), type, data));
  }

  TextStore line(String file, String line) throws IOException {
    Files.writeString(
        file(file), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    return this;
  }

  static String iso(long at) {
    String text = Instant.ofEpochMilli(at).toString();
    return text.length() == 20 ? text.substring(0, 19) + ".000Z" : text;
  }
}

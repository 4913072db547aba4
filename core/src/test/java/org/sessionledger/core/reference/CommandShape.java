package org.sessionledger.core.reference;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The first check, {@code invalid}: shape and limits of one command. It knows no session. */
final class CommandShape {

  private static final int KEY_LIMIT = 512;
  private static final int ID_LIMIT = 256;
  private static final int TEXT_LIMIT = 4_096;
  private static final int ATTRIBUTES_LIMIT = 64;
  private static final int CARRIED_RUNS_LIMIT = 1_000;
  private static final int NO_LIMIT = Integer.MAX_VALUE;

  private static final Set<String> COMMON =
      Set.of(
          "type",
          "sessionKey",
          "commandId",
          "source",
          "occurredAt",
          "actor",
          "reason",
          "traceparent",
          "dryRun");

  /** The fields by type, beyond the common ones. Anything else is unknown, and so invalid. */
  private static final Map<String, Set<String>> FIELDS =
      Map.ofEntries(
          entry("OpenSession", Set.of("sessionId", "runPolicy", "attributes")),
          entry(
              "StartRun",
              Set.of("sessionId", "generation", "runId", "attempt", "resumesRunId", "inferred")),
          entry(
              "ReportProgress",
              Set.of("sessionId", "generation", "runId", "attempt", "note", "tokens")),
          entry("CompleteRun", Set.of("sessionId", "generation", "runId", "attempt")),
          entry(
              "FailRun",
              Set.of("sessionId", "generation", "runId", "attempt", "errorKind", "errorMessage")),
          entry("AbortRun", Set.of("sessionId", "generation", "runId", "attempt")),
          entry("InterruptRuns", Set.of("instance", "runId", "attempt", "lastRenewedVersion")),
          entry("ReportGap", Set.of("from", "to")),
          entry("ResetSession", Set.of("expectedSessionId", "expectedGeneration", "newSessionId")),
          entry("BeginCompaction", Set.of("sessionId", "generation", "compactionId")),
          entry("AbandonCompaction", Set.of("sessionId", "generation", "compactionId")),
          entry(
              "CompactSession",
              Set.of(
                  "sessionId",
                  "generation",
                  "compactionId",
                  "trigger",
                  "newSessionId",
                  "carryRuns",
                  "tokensBefore",
                  "tokensAfter")),
          entry(
              "RestoreSession",
              Set.of("fromGeneration", "expectedSessionId", "expectedGeneration", "newSessionId")),
          entry("ForkSession", Set.of("newSessionKey", "fromGeneration", "newSessionId")),
          entry(
              "MigrateSession",
              Set.of("newSessionKey", "expectedSessionId", "expectedGeneration", "newSessionId")),
          entry("CloseSession", Set.of("expectedSessionId", "expectedGeneration")),
          entry(
              "ReopenSession", Set.of("expectedSessionId", "expectedGeneration", "newSessionId")));

  /** Required beyond {@code type}; {@code InterruptRuns} has two forms and is judged apart. */
  private static final Map<String, List<String>> REQUIRED =
      Map.ofEntries(
          entry("OpenSession", List.of("sessionKey")),
          entry("StartRun", List.of("sessionKey", "runId")),
          entry("ReportProgress", List.of("sessionKey", "runId")),
          entry("CompleteRun", List.of("sessionKey", "runId")),
          entry("FailRun", List.of("sessionKey", "runId")),
          entry("AbortRun", List.of("sessionKey", "runId")),
          entry("InterruptRuns", List.of()),
          entry("ReportGap", List.of("sessionKey", "from", "to")),
          entry("ResetSession", List.of("sessionKey")),
          entry("BeginCompaction", List.of("sessionKey", "compactionId")),
          entry("AbandonCompaction", List.of("sessionKey", "compactionId")),
          entry("CompactSession", List.of("sessionKey")),
          entry("RestoreSession", List.of("sessionKey", "fromGeneration")),
          entry("ForkSession", List.of("sessionKey", "newSessionKey")),
          entry("MigrateSession", List.of("sessionKey", "newSessionKey")),
          entry("CloseSession", List.of("sessionKey")),
          entry("ReopenSession", List.of("sessionKey")));

  /** What rule 7 calls content: identities and choices. */
  private static final List<String> CONTENT =
      List.of(
          "type",
          "sessionKey",
          "sessionId",
          "generation",
          "runId",
          "attempt",
          "newSessionId",
          "newSessionKey",
          "expectedSessionId",
          "expectedGeneration",
          "fromGeneration",
          "carryRuns",
          "compactionId",
          "trigger",
          "runPolicy",
          "instance",
          "resumesRunId");

  private final JsonNode command;

  /** Names of the bad fields; {@code null} among them stands for "no one field is to blame". */
  private final Set<String> bad = new LinkedHashSet<>();

  CommandShape(JsonNode command) {
    this.command = command;
    judge();
  }

  boolean isInvalid() {
    return !bad.isEmpty();
  }

  /** The bad field's name when there is one and only one, as no order among them is specified. */
  String badField() {
    return bad.size() == 1 ? bad.iterator().next() : null;
  }

  /** The session key as far as it can be read, else {@code null}. */
  String readableKey() {
    return command != null && command.path("sessionKey").isTextual()
        ? command.path("sessionKey").textValue()
        : null;
  }

  /** Whether the command asks for a dry run, be the rest of it valid or not. */
  boolean isDryRun() {
    return command != null
        && command.path("dryRun").isBoolean()
        && command.path("dryRun").asBoolean();
  }

  String type() {
    return text("type");
  }

  boolean has(String field) {
    return !isAbsent(command.get(field));
  }

  String text(String field) {
    return has(field) ? command.get(field).textValue() : null;
  }

  Long number(String field) {
    return has(field) ? command.get(field).longValue() : null;
  }

  /** The entries of a list of texts, {@code null} when absent. */
  List<String> list(String field) {
    if (!has(field)) {
      return null;
    }
    List<String> entries = new ArrayList<>();
    command.get(field).forEach(entry -> entries.add(entry.textValue()));
    return entries;
  }

  /** The emitting process's incarnation, {@code null} when the command does not tell. */
  String sourceInstance() {
    return has("source") ? command.get("source").path("instance").textValue() : null;
  }

  Map<String, String> attributes() {
    Map<String, String> attributes = new LinkedHashMap<>();
    if (has("attributes")) {
      command
          .get("attributes")
          .properties()
          .forEach(
              entry -> {
                if (!isAbsent(entry.getValue())) {
                  attributes.put(entry.getKey(), entry.getValue().textValue());
                }
              });
    }
    return attributes;
  }

  Map<String, Object> content() {
    Map<String, Object> content = new LinkedHashMap<>();
    for (String field : CONTENT) {
      if (has(field)) {
        JsonNode value = command.get(field);
        content.put(
            field, value.isArray() ? list(field) : value.isNumber() ? number(field) : text(field));
      }
    }
    return content;
  }

  private void judge() {
    if (command == null || !command.isObject()) {
      bad.add(null);
      return;
    }
    // Without a known type nobody can say which fields it should have.
    JsonNode type = command.get("type");
    if (isAbsent(type) || !type.isTextual() || !FIELDS.containsKey(type.textValue())) {
      bad.add("type");
      return;
    }
    Set<String> own = FIELDS.get(type());
    for (Iterator<String> names = command.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!COMMON.contains(name) && !own.contains(name)) {
        bad.add(name);
      } else if (has(name)) {
        judgeValue(name, command.get(name));
      }
    }
    for (String name : REQUIRED.get(type())) {
      if (!has(name)) {
        bad.add(name);
      }
    }
    if (type().equals("InterruptRuns")) {
      judgeInterruptRuns();
    }
    if (type().equals("ReportGap")
        && !bad.contains("from")
        && !bad.contains("to")
        && Instant.parse(text("to")).isBefore(Instant.parse(text("from")))) {
      bad.add("to");
    }
    // "Fork and migrate: ... to itself invalid".
    if (own.contains("newSessionKey")
        && has("newSessionKey")
        && command.get("newSessionKey").equals(command.get("sessionKey"))) {
      bad.add("newSessionKey");
    }
  }

  /** Either a dead instance, on one key or on all, or one run of one key. */
  private void judgeInterruptRuns() {
    if (has("runId")) {
      if (has("instance")) {
        bad.add("instance");
      }
      if (!has("sessionKey")) {
        bad.add("sessionKey");
      }
    } else if (!has("instance") || has("attempt") || has("lastRenewedVersion")) {
      bad.add(null);
    }
  }

  private void judgeValue(String name, JsonNode value) {
    boolean good =
        switch (name) {
          case "type" -> true;
          case "sessionKey", "newSessionKey" -> isText(value, 1, KEY_LIMIT) && !hasControl(value);
          case "commandId",
              "sessionId",
              "expectedSessionId",
              "newSessionId",
              "runId",
              "resumesRunId",
              "compactionId",
              "actor",
              "instance" ->
              isText(value, 1, ID_LIMIT);
          case "reason", "note" -> isText(value, 0, TEXT_LIMIT);
          // A longer error message is cut, never refused.
          case "errorKind", "errorMessage", "traceparent" -> isText(value, 0, NO_LIMIT);
          case "generation",
              "expectedGeneration",
              "fromGeneration",
              "attempt",
              "lastRenewedVersion" ->
              isInteger(value, 1);
          case "tokens", "tokensBefore", "tokensAfter" -> isInteger(value, 0);
          case "inferred", "dryRun" -> value.isBoolean();
          case "runPolicy" -> isOneOf(value, "concurrent", "single");
          case "trigger" -> isOneOf(value, "manual", "auto", "preflight", "overflow");
          case "occurredAt", "from", "to" -> isInstant(value);
          case "attributes" -> isAttributes(value);
          case "carryRuns" -> isListOfIds(value);
          case "source" -> {
            judgeSource(value);
            yield true;
          }
          default -> throw new IllegalStateException("no rule for the field " + name);
        };
    if (!good) {
      bad.add(name);
    }
  }

  private void judgeSource(JsonNode source) {
    if (!source.isObject()) {
      bad.add("source");
      return;
    }
    source
        .properties()
        .forEach(
            member -> {
              boolean known = Set.of("component", "instance", "host").contains(member.getKey());
              boolean absent = isAbsent(member.getValue());
              if (!known || !absent && !isText(member.getValue(), 1, ID_LIMIT)) {
                // The text does not say whether a member is named "host" or "source.host".
                bad.add(null);
              }
            });
  }

  private static boolean isAttributes(JsonNode value) {
    if (!value.isObject() || value.size() > ATTRIBUTES_LIMIT) {
      return false;
    }
    for (Map.Entry<String, JsonNode> attribute : value.properties()) {
      if (hasLoneSurrogate(attribute.getKey())
          || !isAbsent(attribute.getValue()) && !isText(attribute.getValue(), 0, NO_LIMIT)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isListOfIds(JsonNode value) {
    if (!value.isArray() || value.size() > CARRIED_RUNS_LIMIT) {
      return false;
    }
    for (JsonNode entry : value) {
      if (!isText(entry, 1, ID_LIMIT)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isOneOf(JsonNode value, String... choices) {
    return value.isTextual() && List.of(choices).contains(value.textValue());
  }

  private static boolean isInteger(JsonNode value, long least) {
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= least;
  }

  private static boolean isInstant(JsonNode value) {
    if (!value.isTextual()) {
      return false;
    }
    try {
      Instant.parse(value.textValue());
      return true;
    } catch (DateTimeException notAnInstant) {
      return false;
    }
  }

  private static boolean isText(JsonNode value, int least, int most) {
    if (!value.isTextual() || hasLoneSurrogate(value.textValue())) {
      return false;
    }
    String text = value.textValue();
    int codePoints = text.codePointCount(0, text.length());
    return codePoints >= least && codePoints <= most;
  }

  private static boolean hasControl(JsonNode value) {
    return value.textValue().codePoints().anyMatch(c -> Character.getType(c) == Character.CONTROL);
  }

  /** A pair is one code point, so a surrogate seen as a code point has no partner. */
  private static boolean hasLoneSurrogate(String text) {
    return text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
  }

  /** "null is absent". */
  private static boolean isAbsent(JsonNode value) {
    return value == null || value.isNull() || value.isMissingNode();
  }
}

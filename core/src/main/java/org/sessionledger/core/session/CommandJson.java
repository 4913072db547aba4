package org.sessionledger.core.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/**
 * A command's JSON, in and out. The same flat object is what a runtime sends, what is stored as the
 * canonical command beside each event and refusal, and what a replay decides again.
 */
public final class CommandJson {

  /** The text is no JSON at all, so there is no command that could be refused. */
  public static final class Unreadable extends Exception {

    private static final long serialVersionUID = 1L;

    Unreadable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** The longest canonical command, in characters of its JSON; the limits of one row. */
  public static final int CANONICAL_MAX = 1_000_000;

  /** The longest malformed text that is kept, in characters. */
  public static final int RECEIVED_MAX = 16_384;

  /** Kept of a malformed value in the envelope of a refusal. */
  private static final int PRESENTED_MAX = 256;

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant TOO_LATE = Instant.parse("+10000-01-01T00:00:00Z");

  private static final Set<String> ENVELOPE =
      Set.of(
          "type", "commandId", "source", "occurredAt", "actor", "reason", "traceparent", "dryRun");

  /** What a repeat of an accepted command id may say otherwise: counters, times and texts. */
  private static final List<String> NOT_CONTENT =
      List.of(
          "note",
          "tokens",
          "errorKind",
          "errorMessage",
          "errorMessageLength",
          "tokensBefore",
          "tokensAfter",
          "attributes",
          "inferred",
          "lastRenewedVersion",
          "from",
          "to");

  private static final List<String> PRESENTED =
      List.of(
          "sessionId",
          "generation",
          "expectedSessionId",
          "expectedGeneration",
          "fromGeneration",
          "newSessionId",
          "newSessionKey",
          "runId",
          "attempt",
          "carryRuns",
          "compactionId",
          "instance",
          "lastRenewedVersion",
          "from",
          "to",
          "errorKind",
          "errorMessage",
          "errorMessageLength",
          "note");

  private static final Pattern REPEATED_NAME = Pattern.compile("(?s)^Duplicate field '(.*)' for ");

  private static final Map<String, Class<? extends SessionCommand>> TYPES = types();

  private static final ObjectReader LENIENT =
      Json.mapper()
          .readerFor(JsonNode.class)
          .without(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private CommandJson() {}

  /** The names of all commands. */
  public static Set<String> typeNames() {
    return TYPES.keySet();
  }

  /**
   * Reads one command's text.
   *
   * @param makeId names a command that brings no id
   * @throws Unreadable when the text is no single JSON value
   */
  public static Incoming read(String text, Supplier<CommandId> makeId) throws Unreadable {
    try {
      return read(Json.mapper().readTree(text), makeId);
    } catch (StreamReadException e) {
      throw unreadable(e);
    } catch (JsonProcessingException e) {
      return repeatedName(text, e, makeId);
    }
  }

  /** Reads one command's text; what is no JSON is malformed too. A line of a batch is read so. */
  public static Incoming readLine(String text, Supplier<CommandId> makeId) {
    try {
      return read(text, makeId);
    } catch (Unreadable e) {
      return new MalformedCommand(
          makeId.get(),
          null,
          null,
          null,
          "The line " + e.getMessage(),
          raw(text),
          Provenance.NONE,
          false);
    }
  }

  /** Reads one command. */
  public static Incoming read(JsonNode node, Supplier<CommandId> makeId) {
    if (!(node instanceof ObjectNode object)) {
      return malformed(
          JsonNodeFactory.instance.objectNode(),
          node,
          new Blame(null, "A command is a JSON object, this is " + kind(node)),
          makeId);
    }
    try {
      return arrival(object.deepCopy(), makeId);
    } catch (InvalidField e) {
      return malformed(object, object, new Blame(e.field(), e.getMessage()), makeId);
    }
  }

  /** The canonical JSON of a command: what was sent, without what was absent. */
  public static ObjectNode canonical(Arrival arrival) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("type", arrival.command().type());
    node.put("commandId", arrival.commandId().value());
    node.setAll((ObjectNode) Json.mapper().valueToTree(arrival.command()));
    putProvenance(node, arrival.provenance());
    return node;
  }

  /** The canonical JSON of what was malformed. */
  public static ObjectNode canonical(MalformedCommand malformed) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("commandId", malformed.commandId().value());
    if (malformed.type() != null) {
      node.put("type", malformed.type());
    }
    node.set("received", malformed.received());
    putProvenance(node, malformed.provenance());
    return node;
  }

  /** Reads a canonical command back. */
  public static Arrival recall(JsonNode canonical) {
    ObjectNode node = ((ObjectNode) canonical).deepCopy();
    JsonNode cutFrom = node.remove("errorMessageLength");
    Arrival arrival =
        arrival(
            node,
            () -> {
              throw new IllegalStateException("a stored command has an id");
            });
    if (cutFrom != null && arrival.command() instanceof SessionCommand.FailRun c) {
      return Arrival.of(
          arrival.commandId(),
          new SessionCommand.FailRun(
              c.sessionKey(),
              c.sessionId(),
              c.generation(),
              c.runId(),
              c.attempt(),
              c.errorKind(),
              c.errorMessage(),
              cutFrom.longValue()),
          arrival.provenance());
    }
    return arrival;
  }

  /** The provenance in a canonical command. */
  public static Provenance provenance(JsonNode canonical) {
    return provenance((ObjectNode) canonical);
  }

  /** What a refusal shows of the command: identities, and the content an incident is found by. */
  public static ObjectNode presented(JsonNode canonical) {
    ObjectNode presented = JsonNodeFactory.instance.objectNode();
    for (String field : PRESENTED) {
      JsonNode value = canonical.get(field);
      if (value != null && !value.isNull()) {
        presented.set(field, value);
      }
    }
    return presented;
  }

  /**
   * What makes two commands with one id the same: identities and choices, no times, trace ids,
   * counters or texts.
   */
  public static String content(SessionCommand command) {
    ObjectNode node = Json.mapper().valueToTree(command);
    node.remove(NOT_CONTENT);
    return command.type() + node;
  }

  private static Arrival arrival(ObjectNode node, Supplier<CommandId> makeId) {
    dropNulls(node);
    String type = required(text(node, "type"), "type", "is missing: a command says what it is");
    Class<? extends SessionCommand> record = TYPES.get(type);
    if (record == null) {
      throw new InvalidField(
          "type",
          "is '"
              + Text.cut(type, PRESENTED_MAX)
              + "', known are "
              + String.join(", ", TYPES.keySet()));
    }
    String id = text(node, "commandId");
    CommandId commandId = id == null ? null : new CommandId(id);
    Provenance provenance = provenance(node);
    JsonNode dryRun = node.get("dryRun");
    if (dryRun != null && !dryRun.isBoolean()) {
      throw new InvalidField("dryRun", "must be true or false, not " + kind(dryRun));
    }
    int sent = length(node);
    node.remove(ENVELOPE);
    if (node.has("errorMessageLength")) {
      throw unknownField("errorMessageLength", record);
    }
    for (RecordComponent component : record.getRecordComponents()) {
      boolean optional = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
      if (!optional && !node.has(component.getName())) {
        throw new InvalidField(component.getName(), "is missing: " + type + " needs it");
      }
      if (component.getType() == Instant.class) {
        Instant instant = instant(component.getName(), text(node, component.getName()));
        if (instant != null) {
          node.put(component.getName(), instant.toString());
        }
      }
    }
    SessionCommand command = bind(node, record);
    Arrival arrival =
        new Arrival(
            commandId == null ? makeId.get() : commandId,
            command,
            provenance,
            dryRun != null && dryRun.booleanValue());
    // What a sender brings may be longer than what is kept of it: an error message is cut.
    if (sent > CANONICAL_MAX / 2 && length(canonical(arrival)) > CANONICAL_MAX) {
      throw new InvalidField(
          "command", "is too large to keep: at most " + CANONICAL_MAX + " characters of JSON");
    }
    return arrival;
  }

  private static int length(JsonNode node) {
    return node.toString().length();
  }

  private static <T> T bind(ObjectNode node, Class<T> record) {
    try {
      return Json.mapper().treeToValue(node, record);
    } catch (UnrecognizedPropertyException e) {
      throw unknownField(path(e), record);
    } catch (JsonMappingException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof InvalidField invalid) {
          throw e.getPath().isEmpty() ? invalid : invalid.in(path(e));
        }
      }
      throw new InvalidField(path(e), "has the wrong type: " + wanted(e));
    } catch (JsonProcessingException e) {
      throw new InvalidField("type", "cannot be read: " + e.getOriginalMessage());
    }
  }

  private static InvalidField unknownField(String field, Class<?> record) {
    String known =
        Arrays.stream(record.getRecordComponents())
            .map(RecordComponent::getName)
            .filter(name -> !name.equals("errorMessageLength"))
            .collect(Collectors.joining(", "));
    return new InvalidField(
        Text.cut(field, PRESENTED_MAX),
        "is no field of " + record.getSimpleName() + ", its fields are " + known);
  }

  private static String path(JsonMappingException e) {
    return e.getPath().isEmpty() || e.getPath().get(0).getFieldName() == null
        ? "command"
        : e.getPath().get(0).getFieldName();
  }

  private static String wanted(JsonMappingException e) {
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      Class<?> target = mismatch.getTargetType();
      if (Number.class.isAssignableFrom(target) || target.isPrimitive()) {
        return "a whole number is expected";
      }
      if (target == Boolean.class) {
        return "true or false is expected";
      }
      if (target.isEnum()) {
        return "one of "
            + Arrays.stream(target.getEnumConstants())
                .map(constant -> Json.mapper().valueToTree(constant).asText())
                .collect(Collectors.joining(", "))
            + " is expected";
      }
      if (List.class.isAssignableFrom(target)) {
        return "a list is expected";
      }
      if (Map.class.isAssignableFrom(target)) {
        return "an object is expected";
      }
      return "a text is expected";
    }
    return "the value does not fit";
  }

  private static Provenance provenance(ObjectNode node) {
    JsonNode source = node.get("source");
    return new Provenance(
        source == null || source.isNull() ? Source.UNKNOWN : source(source),
        text(node, "actor"),
        text(node, "reason"),
        instant("occurredAt", text(node, "occurredAt")),
        text(node, "traceparent"));
  }

  private static Source source(JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      throw new InvalidField("source", "has the wrong type: an object is expected");
    }
    Iterator<String> names = object.fieldNames();
    while (names.hasNext()) {
      String name = names.next();
      if (!Set.of("component", "instance", "host").contains(name)) {
        throw new InvalidField(
            "source." + Text.cut(name, PRESENTED_MAX),
            "is no field of a source, its fields are component, instance, host");
      }
    }
    return new Source(
        text(object, "component", "source.component"),
        text(object, "instance", "source.instance"),
        text(object, "host", "source.host"));
  }

  private static @Nullable String text(ObjectNode node, String field) {
    return text(node, field, field);
  }

  private static @Nullable String text(ObjectNode node, String field, String path) {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new InvalidField(path, "has the wrong type: a text is expected");
    }
    return value.textValue();
  }

  private static String required(@Nullable String value, String field, String problem) {
    if (value == null) {
      throw new InvalidField(field, problem);
    }
    return value;
  }

  private static @Nullable Instant instant(String field, @Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      Instant instant = OffsetDateTime.parse(text).toInstant();
      // A year of more digits cannot be read back, and no view's column takes it.
      if (!instant.isBefore(EARLIEST) && instant.isBefore(TOO_LATE)) {
        return instant;
      }
    } catch (DateTimeException e) {
      // Told below.
    }
    throw new InvalidField(field, "is no instant such as 2026-05-31T09:00:00Z");
  }

  private static void dropNulls(ObjectNode node) {
    Iterator<JsonNode> values = node.elements();
    while (values.hasNext()) {
      JsonNode value = values.next();
      if (value.isNull()) {
        values.remove();
      } else if (value instanceof ObjectNode inner) {
        dropNulls(inner);
      }
    }
  }

  private static void putProvenance(ObjectNode node, Provenance provenance) {
    if (!provenance.source().equals(Source.UNKNOWN)) {
      node.set("source", Json.mapper().valueToTree(provenance.source()));
    }
    put(node, "occurredAt", provenance.occurredAt());
    put(node, "actor", provenance.actor());
    put(node, "reason", provenance.reason());
    put(node, "traceparent", provenance.traceparent());
  }

  private static void put(ObjectNode node, String field, @Nullable Object value) {
    if (value != null) {
      node.put(field, value.toString());
    }
  }

  private record Blame(@Nullable String field, String problem) {}

  private static Incoming malformed(
      ObjectNode object, JsonNode received, Blame blame, Supplier<CommandId> makeId) {
    Provenance provenance;
    try {
      provenance = provenance(object);
    } catch (InvalidField e) {
      // The provenance may be the malformed part; it is kept as it came, with what was received.
      provenance = Provenance.NONE;
    }
    return new MalformedCommand(
        orElse(object, "commandId", CommandId::new, makeId),
        cutText(object.get("type")),
        orElse(object, "sessionKey", SessionKey::new, () -> null),
        blame.field() == null ? null : wellFormed(blame.field()),
        wellFormed(blame.problem()),
        kept(received),
        provenance,
        object.path("dryRun").booleanValue());
  }

  private static <T> T orElse(
      ObjectNode object, String field, Function<String, T> make, Supplier<T> otherwise) {
    JsonNode value = object.get(field);
    if (value != null && value.isTextual()) {
      try {
        return make.apply(value.textValue());
      } catch (InvalidField e) {
        // This may be the malformed field itself.
        return otherwise.get();
      }
    }
    return otherwise.get();
  }

  private static @Nullable String cutText(@Nullable JsonNode value) {
    return value == null || !value.isTextual()
        ? null
        : Text.cut(wellFormed(value.textValue()), PRESENTED_MAX).replace('\0', '\uFFFD');
  }

  private static JsonNode kept(JsonNode received) {
    String text = wellFormed(received.toString());
    return text.length() <= RECEIVED_MAX && text.equals(received.toString()) ? received : raw(text);
  }

  private static JsonNode raw(String text) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("raw", wellFormed(Text.cut(text, RECEIVED_MAX)))
        .put("characters", Text.length(text));
  }

  /** Lone surrogates cannot be stored as UTF-8. */
  private static String wellFormed(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static Incoming repeatedName(
      String text, JsonProcessingException e, Supplier<CommandId> makeId) throws Unreadable {
    Matcher name = REPEATED_NAME.matcher(e.getOriginalMessage());
    if (!name.find()) {
      throw unreadable(e);
    }
    try {
      JsonNode lenient = LENIENT.readTree(text);
      ObjectNode object =
          lenient instanceof ObjectNode node ? node : JsonNodeFactory.instance.objectNode();
      String field = Text.cut(wellFormed(name.group(1)), PRESENTED_MAX);
      return malformed(object, raw(text), new Blame(field, "'" + field + "' stands twice"), makeId);
    } catch (JsonProcessingException broken) {
      throw unreadable(broken);
    }
  }

  private static Unreadable unreadable(JsonProcessingException e) {
    String where =
        e.getLocation() == null
            ? ""
            : " (line "
                + e.getLocation().getLineNr()
                + ", column "
                + e.getLocation().getColumnNr()
                + ")";
    // Jackson names the place of an opening bracket in a way that helps nobody.
    String what = e.getOriginalMessage().replaceAll(" \\(start marker at \\[Source: .*?]\\)", "");
    return new Unreadable("is no JSON: " + what + where, e);
  }

  private static String kind(JsonNode node) {
    return switch (node.getNodeType()) {
      case ARRAY -> "a list";
      case BOOLEAN -> "true or false";
      case MISSING -> "nothing";
      case NULL -> "null";
      case NUMBER -> "a number";
      case STRING -> "a text";
      default -> "an object";
    };
  }

  private static Map<String, Class<? extends SessionCommand>> types() {
    Map<String, Class<? extends SessionCommand>> types = new TreeMap<>();
    leaves(SessionCommand.class)
        .forEach(type -> types.put(type.getSimpleName(), type.asSubclass(SessionCommand.class)));
    return Collections.unmodifiableMap(types);
  }

  private static Stream<Class<?>> leaves(Class<?> type) {
    return type.isRecord()
        ? Stream.of(type)
        : Arrays.stream(type.getPermittedSubclasses()).flatMap(CommandJson::leaves);
  }
}

package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;

/** What an operator can order on a session's page. */
enum Action {
  RESET(
      "ResetSession",
      "Reset",
      "Ends the current generation and begins a new, blank one. Open runs are superseded: what they"
          + " still send is refused."),
  CLOSE(
      "CloseSession",
      "Close",
      "Ends the session under this key until it is reopened. Open runs are superseded."),
  REOPEN("ReopenSession", "Reopen", "Begins a new, blank generation of a closed session."),
  INTERRUPT_RUN(
      "InterruptRuns",
      "Interrupt a run",
      "Presumes that one run is lost. Should its real end still arrive, it is taken."),
  INTERRUPT_INSTANCE(
      "InterruptRuns",
      "Interrupt an instance",
      "Presumes that all runs of a dead process in this session are lost. Should their real ends"
          + " still arrive, they are taken."),
  RESTORE(
      "RestoreSession",
      "Restore",
      "Begins a new generation that continues from an older one. Open runs are superseded."),
  MIGRATE(
      "MigrateSession",
      "Migrate",
      "Moves the session to another key. Late commands to the old key are refused and told where it"
          + " went. Open runs are superseded.");

  /** Fields of the forms that are fields of the commands. */
  private static final List<String> TEXTS =
      List.of("commandId", "actor", "reason", "newSessionId", "newSessionKey", "runId", "instance");

  private static final List<String> NUMBERS =
      List.of("expectedGeneration", "fromGeneration", "attempt");

  private final String command;
  private final String label;
  private final String says;

  Action(String command, String label, String says) {
    this.command = command;
    this.label = label;
    this.says = says;
  }

  static Action of(String code) {
    for (Action action : values()) {
      if (action.code().equals(code)) {
        return action;
      }
    }
    throw new ApiProblem(404, "not-found", "There is no such action", "Nobody can order this.");
  }

  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public String label() {
    return label;
  }

  public String says() {
    return says;
  }

  /** True when it says which generation it means to end. */
  public boolean expects() {
    return this != INTERRUPT_RUN && this != INTERRUPT_INSTANCE;
  }

  /** True when it may bring a session id. */
  public boolean begins() {
    return this == RESET || this == RESTORE || this == MIGRATE || this == REOPEN;
  }

  /** True when it ends open runs, other than the ones it names. */
  public boolean endsRuns() {
    return this == RESET || this == CLOSE || this == RESTORE || this == MIGRATE;
  }

  /**
   * The command that a form orders.
   *
   * @param fields what was filled in; an empty field is an absent one
   */
  ObjectNode command(Fields fields, String sessionKey, boolean dryRun) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", command);
    json.put("sessionKey", sessionKey);
    for (String name : TEXTS) {
      String value = fields.get(name);
      if (value != null) {
        json.put(name, value);
      }
    }
    for (String name : NUMBERS) {
      String value = fields.get(name);
      if (value != null) {
        Long number = Numbers.orNull(value.strip());
        if (number == null) {
          // The ledger says best what is wrong with it.
          json.put(name, value);
        } else {
          json.put(name, number);
        }
      }
    }
    json.putObject("source").put("component", "console");
    if (dryRun) {
      json.put("dryRun", true);
    }
    return json;
  }

  /** What a form brought. */
  @FunctionalInterface
  interface Fields {

    /** Null when it is empty. */
    @Nullable String get(String name);
  }
}

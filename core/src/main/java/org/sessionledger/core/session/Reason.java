package org.sessionledger.core.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;

/** Why a command was refused. The codes are a contract. */
public enum Reason {
  UNKNOWN_SESSION("No session was ever opened under the key"),
  ALREADY_OPEN("The session is open already"),
  STALE_GENERATION("The command names an ended generation"),
  UNKNOWN_GENERATION("The command names no generation that the session has"),
  GENERATION_MISMATCH("The session id and the generation number disagree"),
  EXPECTED_GENERATION("The expected generation is not current"),
  UNKNOWN_RUN("The run was never started"),
  RUN_ENDED("The run's attempt has ended"),
  RUN_SUPERSEDED("The run belongs to an ended generation"),
  RUN_ACTIVE("Another run is active"),
  ATTEMPT_SUPERSEDED("A later attempt of the run began"),
  SESSION_ID_REUSED("The session id was retired under this key"),
  COMPACTION_SUPERSEDED("The compaction was overtaken or given up"),
  SESSION_CLOSED("The session is closed"),
  SESSION_MIGRATED("The session moved to another key"),
  TOO_MANY_RUNS("The session has as many open runs as it may"),
  COMMAND_ID_REUSED("The command id belongs to another accepted command"),
  INVALID("The command is malformed");

  private final String title;

  Reason(String title) {
    this.title = title;
  }

  /** One sentence that fits every refusal with this reason. */
  public String title() {
    return title;
  }

  /** The stable name, as it stands in JSON and in tables. */
  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The reason with a code.
   *
   * @throws IllegalArgumentException when no reason has it
   */
  @JsonCreator
  public static Reason of(String code) {
    return Arrays.stream(values())
        .filter(reason -> reason.code().equals(code))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no reason is called '" + code + "'"));
  }
}

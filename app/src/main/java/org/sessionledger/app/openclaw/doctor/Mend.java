package org.sessionledger.app.openclaw.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What mends it. Nothing of this is done here: a person reads it and decides.
 *
 * @param command for a shell; null when nothing has to be done
 * @param effect what it does, and what it costs
 */
public record Mend(@Nullable String command, String effect) {

  /** Writes the commands, as the one who asked would have to type them. */
  public interface Shell {

    /** The gateway's own command that calls a method of it. */
    String gateway(String method, JsonNode params);

    /** The ledger's command that decides one command. */
    String ledger(JsonNode command);

    /** The ledger's command that hears what it has missed, from this gateway or these files. */
    String catchUp();
  }
}

package org.sessionledger.core.session;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Text;

/**
 * Who sent a command.
 *
 * @param component the emitting part of the runtime
 * @param instance the emitting process's incarnation: another one after each start
 */
public record Source(@Nullable String component, @Nullable String instance, @Nullable String host) {

  /** A sender that says nothing of itself. */
  public static final Source UNKNOWN = new Source(null, null, null);

  public Source {
    identifier("source.component", component);
    identifier("source.instance", instance);
    identifier("source.host", host);
  }

  private static void identifier(String field, @Nullable String value) {
    if (value != null) {
      Text.identifier(field, value, Text.ID_MAX);
    }
  }
}

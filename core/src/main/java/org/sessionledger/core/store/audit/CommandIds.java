package org.sessionledger.core.store.audit;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.Json;

/** Command ids out of canonical commands. */
final class CommandIds {

  private CommandIds() {}

  /** The command's id; null when there is none, and the row is damaged. */
  static @Nullable String of(EventRow row) {
    String command = row.command();
    String before = "{\"type\":\"" + row.commandType() + "\",\"commandId\":\"";
    // As it is written; the JSON is read only when it does not look so.
    if (command.startsWith(before)) {
      int end = command.indexOf('"', before.length());
      int escape = command.indexOf('\\', before.length());
      if (end > 0 && (escape < 0 || escape > end)) {
        return command.substring(before.length(), end);
      }
    }
    try {
      return Json.tree(command).path("commandId").textValue();
    } catch (IllegalStateException e) {
      return null;
    }
  }
}

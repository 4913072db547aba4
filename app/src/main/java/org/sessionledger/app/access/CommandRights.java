package org.sessionledger.app.access;

import org.jspecify.annotations.Nullable;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.SessionCommand.AbandonCompaction;
import org.sessionledger.core.session.SessionCommand.BeginCompaction;
import org.sessionledger.core.session.SessionCommand.CloseSession;
import org.sessionledger.core.session.SessionCommand.CompactSession;
import org.sessionledger.core.session.SessionCommand.ForkSession;
import org.sessionledger.core.session.SessionCommand.InterruptRuns;
import org.sessionledger.core.session.SessionCommand.MigrateSession;
import org.sessionledger.core.session.SessionCommand.OfRun;
import org.sessionledger.core.session.SessionCommand.OpenSession;
import org.sessionledger.core.session.SessionCommand.ReopenSession;
import org.sessionledger.core.session.SessionCommand.ReportGap;
import org.sessionledger.core.session.SessionCommand.ResetSession;
import org.sessionledger.core.session.SessionCommand.RestoreSession;

/**
 * Which role a command needs. What tells how work goes is the runtime's. What ends a life or begins
 * another because somebody wants it so is the operator's, also where a runtime is that somebody: it
 * gets an operator's token then, limited to its own keys.
 */
public final class CommandRights {

  private CommandRights() {}

  public static Role roleFor(SessionCommand command) {
    if (command instanceof OfRun
        || command instanceof OpenSession
        || command instanceof InterruptRuns
        || command instanceof ReportGap
        || command instanceof BeginCompaction
        || command instanceof AbandonCompaction
        || command instanceof CompactSession
        || command instanceof ForkSession) {
      return Role.RUNTIME;
    }
    if (command instanceof ResetSession
        || command instanceof RestoreSession
        || command instanceof MigrateSession
        || command instanceof CloseSession
        || command instanceof ReopenSession) {
      return Role.OPERATOR;
    }
    // A command that nobody has thought of here.
    return Role.ADMIN;
  }

  /**
   * Why a caller may not give a command.
   *
   * @return the rest of a sentence; null when he may
   */
  public static @Nullable String objection(Caller caller, SessionCommand command) {
    Role needed = roleFor(command);
    if (!caller.role().includes(needed)) {
      return command.type()
          + " needs the role "
          + needed.code()
          + ", the token has the role "
          + caller.role().code();
    }
    if (!caller.isLimited()) {
      return null;
    }
    if (command.sessionKeys().isEmpty()) {
      return command.type() + " over every session is not for a token that is limited to a prefix";
    }
    return command.sessionKeys().stream().allMatch(caller::mayUse)
        ? null
        : command.type() + " names a session whose key does not begin with the token's prefix";
  }
}

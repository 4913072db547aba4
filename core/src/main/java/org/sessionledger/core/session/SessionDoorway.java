package org.sessionledger.core.session;

import org.axonframework.commandhandling.CommandHandler;
import org.axonframework.modelling.command.Aggregate;
import org.axonframework.modelling.command.Repository;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * The commands that may begin a session. They stand outside the aggregate, since whether a key
 * exists has to be known before an aggregate is loaded or made.
 */
public final class SessionDoorway {

  private final Repository<Session> sessions;
  private final History history;
  private final SessionIds ids;

  public SessionDoorway(Repository<Session> sessions, History history, SessionIds ids) {
    this.sessions = sessions;
    this.history = history;
    this.ids = ids;
  }

  /** Refuses a command to a key that nobody ever opened; null when it may go on. */
  public static Outcome.@Nullable Refused requireKnown(SessionCommand command, History history) {
    SessionKey key = command.sessionKey();
    return key == null || command instanceof SessionCommand.OpenSession || history.exists(key)
        ? null
        : Refusals.unknownSession(key);
  }

  @CommandHandler
  Outcome handle(SessionCommand.OpenSession c) throws Exception {
    if (history.exists(c.sessionKey())) {
      return load(c.sessionKey()).invoke(session -> session.open(c));
    }
    create(
        new SessionEvent.SessionOpened(
            c.sessionKey(),
            first(c.sessionId()),
            c.runPolicy() == null ? RunPolicy.CONCURRENT : c.runPolicy(),
            c.attributes() == null ? java.util.Map.of() : c.attributes(),
            null));
    return Outcome.ACCEPTED;
  }

  @CommandHandler
  Outcome handle(SessionCommand.ForkSession c) throws Exception {
    Generation target = first(c.newSessionId());
    Aggregate<Session> source = load(c.sessionKey());
    Outcome outcome =
        source.invoke(s -> s.fork(c, history.exists(c.newSessionKey()), target, history));
    if (outcome instanceof Outcome.Accepted) {
      create(
          source.invoke(
              s ->
                  s.heir(
                      c.newSessionKey(),
                      target,
                      SessionEvent.Origin.Kind.FORK,
                      s.generation(c.fromGeneration(), history))));
    }
    return outcome;
  }

  @CommandHandler
  Outcome handle(SessionCommand.MigrateSession c) throws Exception {
    Generation target = first(c.newSessionId());
    Aggregate<Session> source = load(c.sessionKey());
    Outcome outcome =
        source.invoke(s -> s.migrate(c, history.exists(c.newSessionKey()), target, history));
    if (outcome instanceof Outcome.Accepted) {
      create(
          source.invoke(
              s ->
                  s.heir(
                      c.newSessionKey(),
                      target,
                      SessionEvent.Origin.Kind.MIGRATION,
                      s.generation(null, history))));
    }
    return outcome;
  }

  private Aggregate<Session> load(SessionKey key) {
    return sessions.load(key.value());
  }

  private void create(SessionEvent.SessionOpened opened) throws Exception {
    sessions.newInstance(() -> new Session(opened));
  }

  private Generation first(@Nullable SessionId wanted) {
    return Generation.first(wanted == null ? ids.next() : wanted);
  }
}

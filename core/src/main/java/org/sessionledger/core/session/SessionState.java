package org.sessionledger.core.session;

import java.util.List;
import org.axonframework.eventhandling.GenericDomainEventMessage;
import org.axonframework.messaging.Message;
import org.axonframework.messaging.annotation.ClasspathParameterResolverFactory;
import org.axonframework.messaging.annotation.MultiParameterResolverFactory;
import org.axonframework.messaging.annotation.ParameterResolver;
import org.axonframework.modelling.command.inspection.AggregateModel;
import org.axonframework.modelling.command.inspection.AnnotatedAggregateMetaModelFactory;
import org.sessionledger.core.identity.SessionKey;

/** A session's state folded from its events, for whoever checks a saved one or looks into it. */
public final class SessionState {

  /** Commands are not handled here; what their handlers ask for is never there. */
  private static final ParameterResolver<Object> NEVER =
      new ParameterResolver<>() {
        @Override
        public Object resolveParameterValue(Message<?> message) {
          throw new IllegalStateException("a state is folded from events alone");
        }

        @Override
        public boolean matches(Message<?> message) {
          return false;
        }
      };

  private static final AggregateModel<Session> MODEL =
      AnnotatedAggregateMetaModelFactory.inspectAggregate(
          Session.class,
          MultiParameterResolverFactory.ordered(
              ClasspathParameterResolverFactory.forClass(Session.class),
              (executable, parameters, index) ->
                  isOfCommandsOnly(parameters[index].getType()) ? NEVER : null));

  private static boolean isOfCommandsOnly(Class<?> parameter) {
    return parameter == History.class || parameter == SessionIds.class;
  }

  private final Session session;

  /** Before a session's first event. */
  public SessionState() {
    this(new Session());
  }

  private SessionState(Session session) {
    this.session = session;
  }

  /**
   * A state that was saved.
   *
   * @throws RuntimeException when it is none, or another session's
   */
  public static SessionState read(SessionKey key, String json) {
    Session session = Json.read(json, Session.class);
    session.requireWhole(key);
    return new SessionState(session);
  }

  /**
   * @param version the event's place within the session, from 1; one after the other
   */
  public void apply(SessionEvent event, long version) {
    MODEL.publish(
        new GenericDomainEventMessage<>("Session", event.sessionKey().value(), version - 1, event),
        session);
  }

  /** The open runs, in the order in which they started. */
  public List<OpenRun> openRuns() {
    return session.openRuns();
  }

  /** As it is saved. */
  public String json() {
    return Json.write(session);
  }
}

package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.session.Past.OTHER_KEY;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.Assertions;
import org.axonframework.messaging.MetaData;
import org.axonframework.test.aggregate.AggregateTestFixture;
import org.axonframework.test.aggregate.ResultValidator;
import org.hamcrest.Description;
import org.hamcrest.TypeSafeMatcher;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;

/**
 * One sentence about a session: given what happened, when this is ordered, then that is the
 * verdict. The aggregate and the doorway before it are the real ones.
 */
final class SessionFixture {

  private final FoldedHistory history = new FoldedHistory();
  private final AtomicInteger idsMade = new AtomicInteger();
  private final List<SessionEvent> facts = new ArrayList<>();

  SessionFixture given(SessionEvent... events) {
    facts.addAll(List.of(events));
    history.add(events);
    return this;
  }

  /** What happened under other keys. */
  SessionFixture elsewhere(SessionEvent... events) {
    history.add(events);
    return this;
  }

  Then when(Order order) {
    SessionIds ids = () -> new SessionId("made-" + idsMade.incrementAndGet());
    AggregateTestFixture<Session> fixture = new AggregateTestFixture<>(Session.class);
    fixture.registerInjectableResource(history);
    fixture.registerInjectableResource(ids);
    SessionCommand command = order.command();
    OtherKeys otherKeys = new OtherKeys(fixture.getRepository());
    boolean opensAnother =
        command instanceof SessionCommand.ForkSession
            || command instanceof SessionCommand.MigrateSession;
    fixture.registerAnnotatedCommandHandler(
        new SessionDoorway(opensAnother ? otherKeys : fixture.getRepository(), history, ids));
    // The ledger asks this before it loads a session.
    fixture.registerCommandHandlerInterceptor(
        (work, chain) -> {
          Outcome unknown =
              SessionDoorway.requireKnown((SessionCommand) work.getMessage().getPayload(), history);
          return unknown != null ? unknown : chain.proceed();
        });
    return new Then(
        fixture.given(facts).when(command, MetaData.with(Session.PROVENANCE, order.provenance())),
        otherKeys);
  }

  /** The verdict on the order. */
  final class Then {

    private final ResultValidator<Session> result;

    private final OtherKeys otherKeys;

    private Then(ResultValidator<Session> result, OtherKeys otherKeys) {
      this.result = result.expectSuccessfulHandlerExecution();
      this.otherKeys = otherKeys;
    }

    void isAcceptedAs(SessionEvent... events) {
      assertThat(outcome()).isEqualTo(Outcome.ACCEPTED);
      expect(List.of(events));
    }

    void isAccepted() {
      assertThat(outcome()).isEqualTo(Outcome.ACCEPTED);
    }

    void isADuplicate() {
      assertThat(outcome()).isEqualTo(Outcome.DUPLICATE);
      expect(List.of());
    }

    Refused isRefused(Reason reason) {
      Outcome outcome = outcome();
      assertThat(outcome).isInstanceOf(Outcome.Refused.class);
      Outcome.Refused refused = (Outcome.Refused) outcome;
      assertThat(refused.reason()).as(refused.detail()).isEqualTo(reason);
      expect(List.of());
      return new Refused(refused);
    }

    /** A fork and a migration write two events or none, the source's first. */
    private void expect(List<SessionEvent> events) {
      List<SessionEvent> elsewhere =
          events.stream().filter(event -> event.sessionKey().equals(OTHER_KEY)).toList();
      List<SessionEvent> here = new ArrayList<>(events);
      here.removeAll(elsewhere);
      result.expectEvents(here.toArray());
      assertThat(otherKeys.eventsOf(OTHER_KEY)).isEqualTo(elsewhere);
    }

    private Outcome outcome() {
      AtomicReference<Outcome> seen = new AtomicReference<>();
      result.expectResultMessagePayloadMatching(
          new TypeSafeMatcher<Outcome>() {
            @Override
            protected boolean matchesSafely(Outcome outcome) {
              seen.set(outcome);
              return true;
            }

            @Override
            public void describeTo(Description description) {
              description.appendText("an outcome");
            }
          });
      return seen.get();
    }
  }

  /** What a refusal tells. */
  record Refused(Outcome.Refused refusal) {

    /** Both sides, as the detail has them. */
    Refused saying(String... parts) {
      Assertions.assertThat(refusal.detail()).contains(parts);
      return this;
    }

    Refused advising(String part) {
      Assertions.assertThat(refusal.next()).contains(part);
      return this;
    }

    Refused tellingOfEnded(Generation generation) {
      Assertions.assertThat(refusal.ended()).isEqualTo(generation);
      return this;
    }

    Refused tellingOfNoEndedGeneration() {
      Assertions.assertThat(refusal.ended()).isNull();
      return this;
    }

    Refused sendingTo(SessionKey key) {
      Assertions.assertThat(refusal.movedTo()).isEqualTo(key);
      return this;
    }

    Refused blaming(String field) {
      Assertions.assertThat(refusal.field()).isEqualTo(field);
      return this;
    }
  }
}

package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.NullNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.axonframework.queryhandling.DefaultQueryGateway;
import org.axonframework.queryhandling.QueryGateway;
import org.axonframework.queryhandling.QueryHandler;
import org.axonframework.queryhandling.SimpleQueryBus;
import org.axonframework.queryhandling.annotation.AnnotationQueryHandlerAdapter;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.LoggedDecision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Verdict;

/** Updates that come in no good order, over Axon's own bus. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class LiveTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final FindDecisions REFUSALS =
      new FindDecisions(Verdict.REJECTED, null, null, 10, null);

  record FindNone() {}

  static final class Answers {
    /** Newest first, as a page has them. */
    @QueryHandler
    Page<LoggedDecision> find(FindDecisions query) {
      return new Page<>(List.of(refusal(5), refusal(4)), null);
    }

    @QueryHandler
    Optional<SessionStatus> find(FindNone query) {
      return Optional.empty();
    }
  }

  private final SimpleQueryBus bus = SimpleQueryBus.builder().build();
  private final QueryGateway queries = DefaultQueryGateway.builder().queryBus(bus).build();

  LiveTest() {
    new AnnotationQueryHandlerAdapter<>(new Answers()).subscribe(bus);
  }

  private static LoggedDecision refusal(long seq) {
    return new LoggedDecision(
        seq,
        "decision " + seq,
        Verdict.REJECTED,
        null,
        null,
        null,
        null,
        null,
        null,
        0,
        0,
        Instant.EPOCH,
        Instant.EPOCH,
        1,
        NullNode.getInstance(),
        NullNode.getInstance(),
        Provenance.NONE);
  }

  private static SessionStatus version(long version) {
    RecordedEvent opened = new Story().opened(new SessionKey("one"), "s-1");
    return SessionStatus.after(null, opened.event(), version, version, Instant.EPOCH);
  }

  @Test
  void what_the_first_answer_has_is_no_news_whatever_its_order() {
    var live = Live.decisions(queries, REFUSALS);
    assertThat(live.initialResult().block(PATIENCE).orElseThrow().items()).hasSize(2);
    for (long seq : new long[] {4, 5, 6}) {
      bus.queryUpdateEmitter().emit(FindDecisions.class, query -> true, refusal(seq));
    }

    assertThat(live.updates().blockFirst(PATIENCE)).isEqualTo(refusal(6));
    live.close();
  }

  @Test
  void where_nothing_was_before_the_first_version_is_not_left_out() {
    var live = Live.session(queries, new FindNone());
    assertThat(live.initialResult().block(PATIENCE)).isEmpty();
    bus.queryUpdateEmitter().emit(FindNone.class, query -> true, version(2));

    assertThatThrownBy(() -> live.updates().blockFirst(PATIENCE)).isInstanceOf(UpdatesLost.class);
    live.close();
  }
}

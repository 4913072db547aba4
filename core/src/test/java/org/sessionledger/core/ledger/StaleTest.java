package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Outcome;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Submission;
import org.sessionledger.core.store.Draft;
import org.sessionledger.core.store.Store;

class StaleTest {

  private static final SessionKey A = new SessionKey("a");
  private static final SessionKey B = new SessionKey("b");
  private static final SessionKey C = new SessionKey("c");

  private static final Draft OF_A = start("id-a", A);
  private static final Draft FROM_A_TO_B =
      draft("id-fork", new SessionCommand.ForkSession(A, B, null, null));
  private static final Draft OF_B = start("id-b", B);
  private static final Draft OF_C = start("id-c", C);

  private static Draft start(String id, SessionKey key) {
    return draft(
        id,
        new SessionCommand.StartRun(
            key, new SessionId("s-1"), null, new RunId("r-1"), null, null, null));
  }

  private static Draft draft(String id, SessionCommand command) {
    return new Draft(
        Submission.of(Arrival.of(new CommandId(id), command, Provenance.NONE)),
        Outcome.ACCEPTED,
        List.of(),
        null,
        null,
        List.of());
  }

  private static Store.Elsewhere changed(SessionKey key) {
    return new Store.Elsewhere(false, Set.of(key), Set.of());
  }

  @Test
  void what_was_decided_on_a_session_that_others_changed() {
    Stale stale = Stale.of(List.of(List.of(OF_A, OF_B, OF_C)), changed(A));
    assertThat(List.of(OF_A, OF_B, OF_C)).filteredOn(stale::has).containsExactly(OF_A);
    assertThat(stale.sessions()).containsExactly(A);
  }

  @Test
  void what_drew_from_it_over_any_number_of_steps_and_groups() {
    Draft again = start("id-b", C);
    List<List<Draft>> underWay = List.of(List.of(again, OF_B), List.of(FROM_A_TO_B, OF_A));

    Stale stale = Stale.of(underWay, changed(A));

    assertThat(underWay).allSatisfy(group -> assertThat(group).allMatch(stale::has));
    assertThat(stale.sessions()).containsExactlyInAnyOrder(A, B, C);
  }

  @Test
  void where_a_session_was_to_be_made_that_others_made() {
    Stale stale = Stale.of(List.of(List.of(FROM_A_TO_B, OF_C)), changed(B));
    assertThat(stale.has(FROM_A_TO_B)).isTrue();
    assertThat(stale.has(OF_C)).isFalse();
  }

  @Test
  void a_command_whose_id_was_accepted_elsewhere() {
    Store.Elsewhere accepted = new Store.Elsewhere(false, Set.of(C), Set.of(new CommandId("id-a")));
    Stale stale = Stale.of(List.of(List.of(OF_A, OF_B)), accepted);
    assertThat(stale.has(OF_A)).isTrue();
    assertThat(stale.has(OF_B)).isFalse();
  }

  @Test
  void all_of_it_when_nothing_can_be_trusted() {
    Store.Elsewhere everything = new Store.Elsewhere(true, Set.of(), Set.of());
    assertThat(Stale.of(List.of(List.of(OF_A)), everything).has(OF_A)).isTrue();
  }
}

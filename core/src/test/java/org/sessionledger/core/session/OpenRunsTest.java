package org.sessionledger.core.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.core.session.Past.run;
import static org.sessionledger.core.session.Past.runs;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.RunId;

class OpenRunsTest {

  private final OpenRuns open = new OpenRuns();

  @Test
  void runs_are_held_in_the_order_in_which_they_started() {
    start("r-2", 1, "gw-1", 2);
    start("r-1", 1, "gw-1", 3);
    assertThat(open.attempts()).isEqualTo(runs("r-2", "r-1"));
    assertThat(open.size()).isEqualTo(2);
  }

  @Test
  void the_next_attempt_takes_the_place_of_the_one_before_and_stands_last() {
    start("r-1", 1, "gw-1", 2);
    start("r-2", 1, "gw-1", 3);
    start("r-1", 2, "gw-2", 4);
    assertThat(open.attempts()).containsExactly(run("r-2"), run("r-1", 2));
  }

  @Test
  void a_renewal_changes_the_version_and_nothing_else() {
    start("r-1", 1, "gw-1", 2);
    start("r-2", 1, "gw-1", 3);
    open.renewed(new RunId("r-1"), 9);
    open.renewed(new RunId("r-9"), 10);
    assertThat(open.inOrder())
        .containsExactly(
            new OpenRun(new RunId("r-1"), 1, "gw-1", 2, 9),
            new OpenRun(new RunId("r-2"), 1, "gw-1", 3, 3));
  }

  @Test
  void an_ended_run_is_no_longer_held() {
    start("r-1", 1, "gw-1", 2);
    open.ended(new RunId("r-1"));
    assertThat(open.size()).isZero();
    assertThat(open.get(new RunId("r-1"))).isNull();
  }

  @Test
  void only_carried_attempts_are_kept() {
    start("r-1", 2, "gw-1", 2);
    start("r-2", 1, "gw-1", 3);
    start("r-3", 1, "gw-1", 4);
    open.keep(List.of(run("r-1", 1), run("r-3")));
    assertThat(open.attempts()).isEqualTo(runs("r-3"));
  }

  @Test
  void the_others_are_told_in_their_order() {
    start("r-3", 1, "gw-1", 2);
    start("r-2", 1, "gw-1", 3);
    start("r-1", 1, "gw-1", 4);
    assertThat(open.attemptsExcept(List.of(run("r-2")))).isEqualTo(runs("r-3", "r-1"));
  }

  @Test
  void an_instance_has_the_runs_that_it_started_last() {
    start("r-1", 1, "gw-1", 2);
    start("r-2", 1, null, 3);
    start("r-3", 1, "gw-2", 4);
    assertThat(open.of("gw-2")).extracting(OpenRun::runId).containsExactly(new RunId("r-3"));
    assertThat(open.of("gw-9")).isEmpty();
  }

  @Test
  void the_runs_of_a_snapshot_are_the_same_in_the_same_order() {
    start("r-2", 1, "gw-1", 2);
    start("r-1", 3, null, 7);
    String json = Json.write(open);
    assertThat(json)
        .isEqualTo(
            """
            [{"runId":"r-2","attempt":1,"instance":"gw-1","startedVersion":2,"renewedVersion":2},\
            {"runId":"r-1","attempt":3,"startedVersion":7,"renewedVersion":7}]""");
    assertThat(Json.read(json, OpenRuns.class).inOrder()).isEqualTo(open.inOrder());
  }

  private void start(String runId, long attempt, String instance, long version) {
    open.started(new OpenRun(new RunId(runId), attempt, instance, version, version));
  }
}

package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.projections.kit.Sharing.Candidate;

/** How views are dealt out to the nodes that are there. */
class SharingTest {

  private static final List<String> VIEWS = List.of("lineage", "runs", "status", "timeline");

  private static List<Candidate> everyNodeHasEveryView(int nodes) {
    List<Candidate> candidates = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      for (String view : VIEWS) {
        candidates.add(new Candidate(view, "node-" + node));
      }
    }
    return candidates;
  }

  @ParameterizedTest(name = "{0} nodes")
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void each_view_has_one_node_and_no_node_has_two_more_than_another(int nodes) {
    List<Candidate> candidates = everyNodeHasEveryView(nodes);
    Map<String, Integer> runs = new HashMap<>();
    int most = 0;
    int fewest = VIEWS.size();
    for (int node = 0; node < nodes; node++) {
      var share = Sharing.shareOf("node-" + node, candidates);
      share.forEach(view -> runs.merge(view, 1, Integer::sum));
      most = Math.max(most, share.size());
      fewest = Math.min(fewest, share.size());
    }
    assertThat(runs).containsOnlyKeys(VIEWS).containsValue(1).doesNotContainValue(2);
    assertThat(most - fewest).isLessThanOrEqualTo(1);
  }

  @Test
  void nodes_that_see_the_others_in_another_order_deal_alike_seed_7() {
    List<Candidate> candidates = everyNodeHasEveryView(3);
    List<Candidate> shuffled = new ArrayList<>(candidates);
    Collections.shuffle(shuffled, new Random(7));

    for (int node = 0; node < 3; node++) {
      assertThat(Sharing.shareOf("node-" + node, shuffled))
          .isEqualTo(Sharing.shareOf("node-" + node, candidates));
    }
  }

  @Test
  void a_view_that_one_node_only_could_run_is_its() {
    List<Candidate> candidates = everyNodeHasEveryView(2);
    candidates.add(new Candidate("new", "node-1"));

    assertThat(Sharing.shareOf("node-1", candidates)).contains("new");
    assertThat(Sharing.shareOf("node-0", candidates)).doesNotContain("new").isNotEmpty();
  }

  @Test
  void who_is_not_there_has_nothing() {
    assertThat(Sharing.shareOf("gone", everyNodeHasEveryView(2))).isEmpty();
    assertThat(Sharing.shareOf("gone", List.of())).isEmpty();
  }
}

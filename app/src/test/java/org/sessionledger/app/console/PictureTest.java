package org.sessionledger.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A story of any length and any mixture is a picture of few shapes that leaves nothing out. */
class PictureTest {

  private final List<Story.Entry> entries = new ArrayList<>();
  private long version;
  private long generation = 1;

  private ObjectNode node(String type) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", type)
        .put("recordedAt", "2026-05-31T09:00:00Z")
        .put("sessionId", "s-" + generation);
  }

  private void event(ObjectNode node) {
    node.put("version", ++version).put("generation", generation);
    entries.add(Story.Entry.event(node));
  }

  private void run(String type, String run) {
    event(node(type).put("runId", run).put("attempt", 1));
  }

  private void reset() {
    ObjectNode node = node("SessionReset");
    node.putObject("details").putObject("ended").put("generation", generation);
    generation++;
    event(node);
  }

  private void refusal(long about, long count) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("commandType", "FailRun")
            .put("reason", "run-superseded")
            .put("decisionId", "d-" + entries.size())
            .put("firstAt", "2026-05-31T09:00:00Z")
            .put("afterVersion", version)
            .put("count", count);
    node.putObject("ended").put("generation", about);
    node.putObject("presented").put("runId", "r");
    entries.add(Story.Entry.refusal(node));
  }

  private Story story() {
    return new Story("k", 1, version, version, List.of(), entries, false, false);
  }

  @ParameterizedTest
  @CsvSource({"0.250, .250Z", "30, :30Z"})
  void the_axis_tells_milliseconds_where_seconds_would_be_the_same(double seconds, String end) {
    Instant start = Instant.parse("2026-05-31T09:00:00Z");
    event(node("SessionOpened").put("recordedAt", start.toString()));
    event(
        node("RunStarted")
            .put("recordedAt", start.plusMillis((long) (seconds * 1000)).toString())
            .put("runId", "a")
            .put("attempt", 1));
    assertThat(Picture.of(story()).ticks())
        .extracting(Picture.Tick::text)
        .last()
        .asString()
        .endsWith(end);
  }

  @Test
  void ten_entries_are_drawn_one_by_one() {
    event(node("SessionOpened"));
    run("RunStarted", "a");
    run("RunStarted", "b");
    run("RunCompleted", "a");
    reset();
    refusal(1, 3);
    run("RunStarted", "c");
    Picture picture = Picture.of(story());

    assertThat(picture.lanes())
        .extracting(Picture.Lane::name)
        .containsExactly("Generation 1", "Generation 2");
    assertThat(picture.bars())
        .extracting(Picture.Bar::kind)
        .containsExactly("done", "superseded", "running");
    assertThat(picture.boundaries()).hasSize(1);
    Picture.Mark refused = picture.marks().get(0);
    assertThat(refused.count()).isEqualTo("3");
    // In the lane of the dead, to the right of its end.
    Picture.Lane dead = picture.lanes().get(0);
    assertThat(refused.y()).isBetween(dead.y(), dead.y() + dead.height());
    assertThat(refused.x()).isGreaterThan(picture.boundaries().get(0).x());
  }

  @Test
  void a_run_that_is_carried_over_goes_on_in_the_next_lane() {
    event(node("SessionOpened"));
    run("RunStarted", "a");
    ObjectNode compacted = node("SessionCompacted");
    ObjectNode details = compacted.putObject("details");
    details.putObject("ended").put("generation", 1);
    details.putArray("carriedRuns").addObject().put("runId", "a").put("attempt", 1);
    generation++;
    event(compacted);
    run("RunCompleted", "a");
    assertThat(Picture.of(story()).bars())
        .extracting(Picture.Bar::kind)
        .containsExactly("carried", "done");
  }

  @Test
  void an_end_that_corrects_an_interruption_is_the_end() {
    event(node("SessionOpened"));
    run("RunStarted", "a");
    run("RunInterrupted", "a");
    run("RunCompleted", "a");
    assertThat(Picture.of(story()).bars()).extracting(Picture.Bar::kind).containsExactly("done");
  }

  @Test
  void a_run_that_says_nothing_in_the_range_is_drawn_from_edge_to_edge() {
    run("RunStarted", "silent");
    run("RunStarted", "ends");
    List<Story.Entry> before = List.copyOf(entries);
    entries.clear();
    run("RunProgressed", "other");
    run("RunCompleted", "ends");
    Picture picture =
        Picture.of(new Story("k", 3, version, version + 5, before, entries, false, false));

    Picture.Lane lane = picture.lanes().get(0);
    Picture.Bar silent = picture.bars().get(0);
    assertThat(silent.title()).isEqualTo("Run silent, running");
    assertThat(silent.x()).isEqualTo(lane.x());
    assertThat(silent.x() + silent.width()).isEqualTo(lane.x() + lane.width());
    assertThat(picture.bars())
        .extracting(Picture.Bar::title)
        .containsExactly("Run silent, running", "Run ends, done", "Run other, running");
  }

  @Test
  void a_generation_that_ends_at_the_range_s_beginning_has_its_runs() {
    run("RunStarted", "silent");
    List<Story.Entry> before = List.copyOf(entries);
    entries.clear();
    reset();
    Picture picture = Picture.of(new Story("k", 2, 2, 2, before, entries, false, false));
    assertThat(picture.lanes())
        .extracting(Picture.Lane::name)
        .containsExactly("Generation 1", "Generation 2");
    assertThat(picture.bars()).extracting(Picture.Bar::kind).containsExactly("superseded");
  }

  @Test
  void a_generation_that_is_only_spoken_of_has_no_extent() {
    generation = 7;
    run("RunStarted", "a");
    refusal(3, 1);
    List<Picture.Lane> lanes =
        Picture.of(new Story("k", 1, 1, 1, List.of(), entries, false, false)).lanes();
    assertThat(lanes).extracting(Picture.Lane::name).contains("Generation 3", "Generation 7");
    assertThat(lanes.get(0).width()).isZero();
    assertThat(lanes.get(0).current()).isFalse();
    assertThat(lanes.get(1).current()).isTrue();
  }

  @Test
  void an_empty_story_is_a_picture_too() {
    assertThat(Picture.of(new Story("k", 1, 1, 1, List.of(), List.of(), false, false)).bars())
        .isEmpty();
  }

  @ParameterizedTest(name = "{0} entries, resets {1} %, refusals {2} %, seed {3}")
  @CsvSource({
    "10000,0,0,1",
    "10000,1,10,2",
    "10000,30,30,3",
    "10000,0,90,4",
    "10000,5,5,5",
    "300,20,20,6",
    "150,1,50,7",
    "10000,90,5,8",
    "1,0,0,9"
  })
  void any_story_is_few_shapes_and_none_is_missing(int size, int resets, int refusals, long seed) {
    Random random = new Random(seed);
    event(node("SessionOpened"));
    List<String> open = new ArrayList<>();
    long arrivals = 0;
    while (entries.size() < size) {
      int dice = random.nextInt(100);
      if (dice < resets) {
        reset();
        open.clear();
      } else if (dice < resets + refusals) {
        long count = 1 + random.nextInt(3);
        arrivals += count;
        refusal(1 + random.nextInt((int) generation), count);
      } else if (dice > 96) {
        ObjectNode gap = node("GapReported");
        gap.putObject("details").put("from", "2026-05-31T09:00:00Z");
        event(gap);
      } else if (open.isEmpty() || random.nextInt(3) == 0) {
        String run = "run-" + version;
        open.add(run);
        run("RunStarted", run);
      } else if (random.nextBoolean()) {
        run("RunProgressed", open.get(random.nextInt(open.size())));
      } else {
        run("RunFailed", open.remove(random.nextInt(open.size())));
      }
    }
    Picture picture = Picture.of(story());

    assertThat(picture.shapes()).isLessThanOrEqualTo(Picture.SHAPES_MAX);
    assertThat(
            picture.marks().stream()
                .filter(mark -> mark.kind().equals("refusal"))
                .mapToLong(PictureTest::arrivals)
                .sum())
        .isEqualTo(arrivals);
    // A count is readable: no mark stands on it.
    Map<Double, Double> strips = new HashMap<>();
    for (Picture.Mark mark : picture.marks()) {
      if (mark.kind().equals("refusal")) {
        assertThat(mark.x() - 6.5).isGreaterThanOrEqualTo(strips.getOrDefault(mark.y(), 0.0));
        strips.put(mark.y(), mark.x() + 8 + 6 * mark.count().length());
      }
    }
    Map<Double, Double> rows = new HashMap<>();
    for (Picture.Bar bar : picture.bars()) {
      assertThat(bar.x()).isGreaterThanOrEqualTo(rows.getOrDefault(bar.y(), 0.0));
      rows.put(bar.y(), bar.x() + bar.width() - 0.001);
      assertThat(bar.x() + bar.width()).isLessThanOrEqualTo(picture.width());
    }
  }

  private static long arrivals(Picture.Mark mark) {
    return mark.count().isEmpty() ? 1 : Long.parseLong(mark.count().replace(",", ""));
  }
}

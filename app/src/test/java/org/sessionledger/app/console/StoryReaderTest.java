package org.sessionledger.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.EmbeddedLedgerApi;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.core.session.Json;

/**
 * What a reader asks of the ledger follows from the range, and not from what lies outside of it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoryReaderTest {

  private static final String NOISY = "noisy";

  /** More than two pages of the decision log. */
  private static final int REFUSALS = 2_100;

  private LedgerApi api;
  private long asked;
  private long read;

  @BeforeAll
  void tell(@TempDir Path folder) {
    api = EmbeddedLedgerApi.open(new LedgerStorage.Folder(folder));
    List<String> commands = new ArrayList<>();
    commands.add(line("OpenSession", NOISY, "sessionId", "n-1"));
    commands.add(line("FailRun", NOISY, "runId", "early", "errorMessage", "x"));
    commands.add(line("StartRun", NOISY, "sessionId", "n-1", "runId", "silent"));
    commands.add(line("StartRun", NOISY, "sessionId", "n-1", "runId", "short"));
    commands.add(line("CompleteRun", NOISY, "runId", "short"));
    IntStream.range(0, REFUSALS)
        .mapToObj(i -> line("FailRun", NOISY, "runId", "no-" + i, "errorMessage", "x"))
        .forEach(commands::add);
    commands.add(line("ReportProgress", NOISY, "runId", "silent", "note", "still here"));
    assertThat(api.decideAll(commands)).hasSize(commands.size());
  }

  @AfterAll
  void close() {
    api.close();
  }

  private static String line(String type, String key, Object... more) {
    com.fasterxml.jackson.databind.node.ObjectNode command =
        Json.mapper().createObjectNode().put("type", type).put("sessionKey", key);
    for (int i = 0; i < more.length; i += 2) {
      command.set(more[i].toString(), Json.mapper().valueToTree(more[i + 1]));
    }
    return Json.write(command);
  }

  private void decide(String type, String key, Object... more) {
    assertThat(api.decide(line(type, key, more)).path("verdict").asText()).isEqualTo("accepted");
  }

  /** The ledger, counting what it is asked and what it answers. */
  private LedgerApi counting() {
    asked = 0;
    read = 0;
    return (LedgerApi)
        Proxy.newProxyInstance(
            LedgerApi.class.getClassLoader(),
            new Class<?>[] {LedgerApi.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(api, arguments);
                asked++;
                read += answer instanceof JsonNode node ? node.path("items").size() : 0;
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Story story(String key, @Nullable Long from, @Nullable Long to) {
    long newest = api.session(key, LedgerApi.Moment.NOW).path("version").asLong();
    return new StoryReader(counting(), new LongReads()).read(key, newest, from, to);
  }

  private static List<String> types(Story story) {
    return story.entries().stream()
        .map(e -> (e.refusal() ? "-" : "") + e.type() + (e.runId() == null ? "" : " " + e.runId()))
        .toList();
  }

  private static List<String> before(Story story) {
    return story.before().stream().map(e -> e.generation() + " " + e.runId()).toList();
  }

  @Test
  void what_was_refused_after_the_range_is_not_read() {
    assertThat(types(story(NOISY, 1L, 1L))).containsExactly("SessionOpened", "-FailRun early");
    assertThat(read).isLessThan(1_200);
    assertThat(asked).isLessThan(50);
    assertThat(types(story(NOISY, 2L, 3L)))
        .containsExactly("RunStarted silent", "RunStarted short");
    assertThat(read).isLessThan(1_200);
    // All of what lies in it is, whatever its length.
    assertThat(story(NOISY, 4L, 4L).entries()).hasSize(1 + REFUSALS);
    assertThat(story(NOISY, null, null).entries()).hasSize(5 + 1 + REFUSALS);
  }

  @Test
  void runs_that_were_open_when_the_range_began_are_known() {
    assertThat(before(story(NOISY, 1L, 2L))).isEmpty();
    assertThat(before(story(NOISY, 4L, 4L))).containsExactly("1 silent", "1 short");
    assertThat(before(story(NOISY, 5L, 5L))).containsExactly("1 silent");

    decide("OpenSession", "b", "sessionId", "b-1");
    for (String run : List.of("left", "carried", "again", "over")) {
      decide("StartRun", "b", "sessionId", "b-1", "runId", run);
    }
    decide("CompleteRun", "b", "runId", "over");
    decide("InterruptRuns", "b", "runId", "again");
    decide(
        "CompactSession",
        "b",
        "sessionId",
        "b-1",
        "newSessionId",
        "b-2",
        "carryRuns",
        List.of("carried"));
    decide("StartRun", "b", "sessionId", "b-2", "runId", "new");
    decide("CompactSession", "b", "sessionId", "b-2", "carryRuns", List.of("carried", "new"));
    decide("ReportGap", "b", "from", "2026-05-31T09:00:00Z", "to", "2026-05-31T09:10:00Z");
    assertThat(before(story("b", 11L, 11L))).containsExactly("3 carried", "3 new");
    // Before the first rotation the others are.
    assertThat(before(story("b", 8L, 8L))).containsExactly("1 left", "1 carried");
  }

  @Test
  void few_long_histories_are_read_at_a_time() {
    LongReads none = new LongReads(0, Duration.ofMillis(1));
    StoryReader reader = new StoryReader(api, none);
    decide("OpenSession", "brief", "sessionId", "s-1");
    assertThat(reader.read("brief", 1, null, null).entries()).hasSize(1);
    assertThatThrownBy(() -> reader.read(NOISY, 5, null, null))
        .isInstanceOfSatisfying(
            ApiProblem.class, problem -> assertThat(problem.status()).isEqualTo(503));
    // A range is long before it is read.
    assertThatThrownBy(() -> reader.read("nobody", 5_000, null, null))
        .isInstanceOfSatisfying(
            ApiProblem.class, problem -> assertThat(problem.status()).isEqualTo(503));

    LongReads one = new LongReads(1, Duration.ofMillis(1));
    StoryReader again = new StoryReader(api, one);
    again.read(NOISY, 5, null, null);
    assertThat(again.read(NOISY, 5, null, null).entries()).hasSizeGreaterThan(REFUSALS);
  }
}

package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.sessionledger.app.openclaw.Tape.map;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sessionledger.app.api.EmbeddedLedgerApi;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.openclaw.doctor.Diagnosis;
import org.sessionledger.app.openclaw.doctor.Doctor;
import org.sessionledger.app.openclaw.doctor.Evidence;
import org.sessionledger.app.openclaw.doctor.Finding;
import org.sessionledger.app.openclaw.doctor.Finding.Kind;
import org.sessionledger.app.openclaw.doctor.LivePatient;
import org.sessionledger.app.openclaw.doctor.Mend;
import org.sessionledger.app.openclaw.doctor.TooManySessions;
import org.sessionledger.app.openclaw.follow.FollowOptions;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.app.openclaw.follow.GatewayReader;
import org.sessionledger.core.ledger.Durability;
import org.sessionledger.core.session.Json;

/** One real ledger; each test has keys of its own, which begin with the prefix that it looks at. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@Timeout(60)
class DoctorTest {

  private static final Set<String> READS = Set.of("connect", "sessions.list", "sessions.describe");
  private static final Duration ONE_LOOK = Duration.ZERO;
  private static final Duration TWO_LOOKS = Duration.ofMillis(1);

  @TempDir private static Path folder;
  private static LedgerApi api;

  @BeforeAll
  static void openLedger() {
    api =
        EmbeddedLedgerApi.open(
            new LedgerStorage.Folder(folder.resolve("ledger"), Durability.PROCESS_CRASH));
  }

  @AfterAll
  static void closeLedger() {
    api.close();
  }

  /** The commands as data, to be read and to be carried out. */
  private static final class Shell implements Mend.Shell {

    @Override
    public String gateway(String method, JsonNode params) {
      return method + " " + Json.write(params);
    }

    @Override
    public String ledger(JsonNode command) {
      return Json.write(command);
    }

    @Override
    public String catchUp() {
      return "catch up";
    }
  }

  /** A page of a listing, and the pages that follow: one call of the list asks for all of them. */
  private final List<List<Object>> looks = new ArrayList<>();

  private final Map<String, Object> described = map();
  private String version = "2026.5.28";
  private String prefix = "";
  private int sessionsMax = 1_000_000;
  private int told = 100;

  private static JsonNode decide(String type, String key, Object... fields) {
    Map<String, Object> command = map("type", type, "sessionKey", key);
    command.putAll(map(fields));
    return api.decide(Json.write(command));
  }

  private static void accept(String type, String key, Object... fields) {
    JsonNode decision = decide(type, key, fields);
    assertThat(decision.path("verdict").asText()).as(decision.toString()).isEqualTo("accepted");
  }

  private static Map<String, Object> row(String key, String id, String status, Object... more) {
    Map<String, Object> row = map("key", key, "sessionId", id, "status", status);
    row.putAll(map(more));
    return row;
  }

  private static Map<String, Object> page(List<?> rows) {
    return map("sessions", rows, "hasMore", false);
  }

  private DoctorTest list(Object... rows) {
    looks.add(List.of(page(List.of(rows))));
    return this;
  }

  private ScriptedGateway.Script script() {
    Map<String, Object> hello = ScriptedGateway.hello(null);
    hello.put("server", map("version", version));
    return peer -> {
      peer.welcome(hello);
      int look = -1;
      int page = 0;
      for (JsonNode request = peer.request(); request != null; request = peer.request()) {
        if (request.path("method").asText().equals("sessions.describe")) {
          peer.answer(request, map("session", described.get(request.at("/params/key").asText())));
          continue;
        }
        if (!request.path("params").has("offset")) {
          look = Math.min(look + 1, looks.size() - 1);
          page = 0;
        }
        peer.event("tick", map("ts", 1)); // Nobody asked.
        peer.answer(request, looks.get(look).get(page++));
      }
    };
  }

  private Diagnosis examine(Duration settle) throws Exception {
    JsonNode before = api.stats();
    try (ScriptedGateway gateway = new ScriptedGateway(script())) {
      Diagnosis diagnosis;
      try (GatewayReader reader = GatewayReader.connect(options(gateway))) {
        diagnosis =
            Doctor.examine(
                new LivePatient(reader),
                api,
                new Shell(),
                new Doctor.Options(prefix, settle, told, sessionsMax),
                new Doctor.Listener() {});
      }
      assertThat(gateway.requests)
          .extracting(request -> request.path("method").asText())
          .allSatisfy(method -> assertThat(READS).contains(method));
      assertThat(api.stats()).isEqualTo(before);
      assertThat(diagnosis.sessions())
          .isEqualTo(
              diagnosis.agree()
                  + diagnosis.differ()
                  + diagnosis.moving()
                  + diagnosis.unknownToLedger()
                  + diagnosis.withoutId());
      return diagnosis;
    }
  }

  private static FollowOptions options(ScriptedGateway gateway) {
    return new FollowOptions(
        gateway.uri(),
        new Secret(ScriptedGateway.TOKEN),
        "1.0",
        true,
        null,
        null,
        null,
        Following.PATIENCE,
        new FollowOptions.Limits(1 << 20, 100, 1 << 22, 5),
        Clock.systemUTC(),
        new Random(42));
  }

  private Finding only(Object... rows) throws Exception {
    Diagnosis diagnosis = list(rows).examine(ONE_LOOK);
    assertThat(diagnosis.findings()).hasSize(1);
    assertThat(diagnosis.differ()).isEqualTo(1);
    return diagnosis.findings().get(0);
  }

  private String key(String name) {
    prefix = name + ":";
    return prefix + "s";
  }

  private static List<String> kinds(Diagnosis diagnosis) {
    return diagnosis.findings().stream()
        .map(f -> f.sessionKey() + " " + f.kind().code())
        .collect(Collectors.toList());
  }

  /** A run that failed in a life that a reset ended; its failure is reported once more. */
  private static void race(String key, String newId) {
    accept("OpenSession", key, "sessionId", "one");
    accept("StartRun", key, "sessionId", "one", "runId", "r");
    accept("ResetSession", key, "newSessionId", newId, "actor", "ada", "reason", "stuck");
    assertThat(decide("FailRun", key, "runId", "r").path("reason").asText())
        .isEqualTo("run-superseded");
  }

  @Test
  void a_status_that_a_superseded_run_left_behind_is_a_reset_that_was_not_reached()
      throws Exception {
    String key = key("race");
    race(key, "two");
    Finding finding = only(row(key, "two", "failed", "hasActiveRun", false));
    assertThat(finding.kind()).isEqualTo(Kind.RESET_NOT_REACHED);
    assertThat(finding.ledger()).isEqualTo(new Finding.Held("two", 2, "idle", 0, 3));
    Evidence.RefusedReport refused = (Evidence.RefusedReport) finding.evidence().get(0);
    assertThat(refused.reason()).isEqualTo("run-superseded");
    assertThat(refused.runId()).isEqualTo("r");
    assertThat(refused.generation()).isEqualTo(1);
    assertThat(refused.afterVersion()).isEqualTo(3);
    assertThat(refused.supersededBy())
        .isEqualTo(new Evidence.Cause("SessionReset", 3, "ada", "stuck"));
    assertThat(api.decision(refused.decisionId()).path("sessionKey").asText()).isEqualTo(key);
    assertThat(finding.mend().command()).isEqualTo("sessions.reset {\"key\":\"race:s\"}");
    assertThat(finding.mend().effect()).contains("nothing is lost");
  }

  @Test
  void in_place_too_and_a_gateway_that_can_be_told_which_session_id_is_told() throws Exception {
    String key = key("in-place");
    race(key, "one");
    version = "2026.9.6";
    Finding finding = only(row(key, "one", "failed"));
    assertThat(finding.kind()).isEqualTo(Kind.RESET_NOT_REACHED);
    assertThat(finding.mend().command())
        .isEqualTo("sessions.reset {\"key\":\"in-place:s\",\"expectedSessionId\":\"one\"}");
  }

  @Test
  void a_status_of_a_run_of_an_ended_life_is_known_by_the_run_that_the_row_names()
      throws Exception {
    String key = key("last-run");
    accept("OpenSession", key, "sessionId", "one");
    accept("StartRun", key, "sessionId", "one", "runId", "r");
    accept("FailRun", key, "runId", "r");
    accept("ResetSession", key, "newSessionId", "one");
    Finding finding = only(row(key, "one", "failed", "lastRunId", "r"));
    assertThat(finding.kind()).isEqualTo(Kind.RESET_NOT_REACHED);
    assertThat(finding.evidence()).containsExactly(new Evidence.LedgerRun("r", 1, 1, "failed"));
    looks.clear();
    assertThat(only(row(key, "one", "failed")).kind()).isEqualTo(Kind.STATUS_DIFFERS);
    looks.clear();
    // A compaction goes on with what was before.
    accept("StartRun", key, "sessionId", "one", "runId", "r-2");
    accept("CompleteRun", key, "runId", "r-2");
    accept("CompactSession", key, "newSessionId", "two");
    assertThat(only(row(key, "two", "failed", "lastRunId", "r-2")).kind())
        .isEqualTo(Kind.STATUS_DIFFERS);
  }

  @Test
  void what_was_refused_in_an_earlier_life_explains_nothing_in_this_one() throws Exception {
    String key = key("earlier");
    race(key, "two");
    accept("ResetSession", key, "newSessionId", "three");
    assertThat(only(row(key, "three", "failed")).kind()).isEqualTo(Kind.STATUS_DIFFERS);
  }

  @Test
  void a_refusal_that_says_something_else_explains_nothing() throws Exception {
    String key = key("else");
    race(key, "two");
    Finding finding = only(row(key, "two", "done"));
    assertThat(finding.kind()).isEqualTo(Kind.STATUS_DIFFERS);
    assertThat(finding.evidence()).isEmpty();
  }

  @Test
  void a_retired_session_id_is_a_reset_or_a_compaction_that_was_not_reached() throws Exception {
    String key = key("retired");
    accept("OpenSession", key, "sessionId", "one");
    accept("CompactSession", key, "newSessionId", "two");
    Finding compacted = only(row(key, "one", null));
    assertThat(compacted.kind()).isEqualTo(Kind.COMPACTION_NOT_REACHED);
    assertThat(compacted.mend().command()).isNull();
    looks.clear();
    accept("ResetSession", key, "newSessionId", "three", "actor", "ada");
    accept("CompactSession", key, "newSessionId", "four");
    Finding reset = only(row(key, "one", null));
    assertThat(reset.kind()).isEqualTo(Kind.RESET_NOT_REACHED);
    assertThat(reset.evidence())
        .containsExactly(
            new Evidence.EndedGeneration(
                1, "one", new Evidence.Cause("SessionCompacted", 2, null, null)));
    assertThat(reset.ledger().generation()).isEqualTo(4);
    looks.clear();
    assertThat(only(row(key, "three", null)).kind()).isEqualTo(Kind.COMPACTION_NOT_REACHED);
  }

  @Test
  void shown_running_and_nothing_runs() throws Exception {
    String key = key("running");
    accept("OpenSession", key, "sessionId", "one");
    accept("StartRun", key, "sessionId", "one", "runId", "r");
    accept("InterruptRuns", key, "runId", "r");
    Finding held =
        only(row(key, "one", "running", "hasActiveRun", true, "activeRunIds", List.of("r")));
    assertThat(held.kind()).isEqualTo(Kind.RUNNING_NOTHING_RUNS);
    assertThat(held.evidence()).contains(new Evidence.LedgerRun("r", 1, 1, "interrupted"));
    assertThat(held.shown().activeRunIds()).containsExactly("r");
    assertThat(held.mend().command())
        .isEqualTo("sessions.abort {\"key\":\"running:s\",\"runId\":\"r\"}");
    looks.clear();
    Finding stale = only(row(key, "one", "running", "hasActiveRun", false));
    assertThat(stale.kind()).isEqualTo(Kind.RUNNING_NOTHING_RUNS);
    assertThat(stale.mend().command()).isEqualTo("sessions.reset {\"key\":\"running:s\"}");
    looks.clear();
    assertThat(only(row(key, "one", "failed", "hasActiveRun", true)).kind())
        .isEqualTo(Kind.RUNNING_NOTHING_RUNS);
  }

  @Test
  void open_and_not_running_is_mended_by_the_command_that_it_names() throws Exception {
    String key = key("open");
    accept("OpenSession", key, "sessionId", "one");
    accept("StartRun", key, "sessionId", "one", "runId", "r-1");
    accept("CompleteRun", key, "runId", "r-1");
    accept("StartRun", key, "sessionId", "one", "runId", "r-2");
    Finding finding = only(row(key, "one", "done", "hasActiveRun", false));
    assertThat(finding.kind()).isEqualTo(Kind.OPEN_NOT_RUNNING);
    assertThat(finding.evidence()).containsExactly(new Evidence.LedgerRun("r-2", 1, 1, "running"));
    JsonNode mended = api.decide(finding.mend().command());
    assertThat(mended.path("status").asText()).isEqualTo("interrupted");
    looks.clear();
    // Of a status that does not say so, the flag alone does.
    accept("StartRun", key, "sessionId", "one", "runId", "r-3");
    assertThat(only(row(key, "one", "running", "hasActiveRun", false)).kind())
        .isEqualTo(Kind.OPEN_NOT_RUNNING);
  }

  @Test
  void a_session_id_that_the_ledger_never_heard_of() throws Exception {
    String key = key("unknown-id");
    accept("OpenSession", key, "sessionId", "one");
    Finding finding = only(row(key, "two", null));
    assertThat(finding.kind()).isEqualTo(Kind.UNKNOWN_SESSION_ID);
    assertThat(finding.mend().command()).isEqualTo("catch up");
  }

  @Test
  void closed_and_still_there() throws Exception {
    String key = key("closed");
    accept("OpenSession", key, "sessionId", "one");
    accept("CloseSession", key);
    Finding finding = only(row(key, "one", null));
    assertThat(finding.kind()).isEqualTo(Kind.CLOSED_STILL_THERE);
    assertThat(finding.mend().command()).isEqualTo("sessions.delete {\"key\":\"closed:s\"}");
    looks.clear();
    assertThat(only(row(key, "two", null)).kind()).isEqualTo(Kind.UNKNOWN_SESSION_ID);
    looks.clear();
    assertThat(list().examine(ONE_LOOK).notListed()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "done, CompleteRun",
    "failed, FailRun",
    "killed, AbortRun",
    "timeout, AbortRun",
    "failed, InterruptRuns",
    "running, ",
  })
  void what_agrees_is_no_finding(String status, String end, TestInfo test) throws Exception {
    String key = key("agrees-" + status + end);
    accept("OpenSession", key, "sessionId", "one");
    accept("StartRun", key, "sessionId", "one", "runId", "r");
    if (end != null) {
      accept(end, key, "runId", "r");
    }
    Diagnosis diagnosis =
        list(row(key, "one", status, "hasActiveRun", end == null)).examine(TWO_LOOKS);
    assertThat(diagnosis.findings()).as(test.getDisplayName()).isEmpty();
    assertThat(diagnosis.agree()).isEqualTo(1);
  }

  @Test
  void the_real_name_of_an_id_that_had_to_be_inferred_is_no_difference() throws Exception {
    String key = key("inferred");
    accept("OpenSession", key, "sessionId", CommandIds.inferred("x").value());
    assertThat(list(row(key, "real", null)).examine(ONE_LOOK).agree()).isEqualTo(1);
    looks.clear();
    Finding finding = only(row(key, "real", "failed"));
    assertThat(finding.kind()).isEqualTo(Kind.STATUS_DIFFERS);
    looks.clear();
    accept("ResetSession", key, "newSessionId", CommandIds.inferred("y").value());
    assertThat(only(row(key, CommandIds.inferred("x").value(), null)).kind())
        .isEqualTo(Kind.RESET_NOT_REACHED);
  }

  @Test
  void what_one_side_never_heard_of_is_a_note() throws Exception {
    String key = key("notes");
    accept("OpenSession", key, "sessionId", "one");
    accept("OpenSession", "notes:hidden", "sessionId", "one");
    described.put("notes:hidden", row("notes:hidden", "one", "failed"));
    Diagnosis diagnosis = list(row("notes:new", "n", "done")).examine(TWO_LOOKS);
    assertThat(diagnosis.unknownToLedger()).isEqualTo(1);
    assertThat(diagnosis.notListed()).isEqualTo(1);
    assertThat(diagnosis.notes())
        .extracting(note -> note.kind() + " " + note.sessionKey())
        .containsExactly("unknown-to-ledger notes:new", "not-listed notes:s");
    // What is not listed is asked for by its key.
    assertThat(kinds(diagnosis)).containsExactly("notes:hidden status-differs");
  }

  @Test
  void only_what_disagrees_twice_without_having_moved_is_found() throws Exception {
    String key = key("twice");
    for (String each : List.of("stays", "agrees", "moves", "gone")) {
      accept("OpenSession", prefix + each, "sessionId", "one");
    }
    list(
        row("twice:stays", "one", "failed", "updatedAt", 1),
        row("twice:agrees", "one", "failed"),
        row("twice:moves", "one", "failed"),
        row("twice:gone", "one", "failed"));
    list(
        row("twice:stays", "one", "failed", "updatedAt", 2),
        row("twice:agrees", "one", null),
        row("twice:moves", "one", "killed"));
    Diagnosis diagnosis = examine(TWO_LOOKS);
    assertThat(kinds(diagnosis)).containsExactly("twice:stays status-differs");
    assertThat(diagnosis.moving()).isEqualTo(2);
    assertThat(diagnosis.agree()).isEqualTo(1);
    assertThat(key).isNotEmpty();
  }

  private Diagnosis examine(Duration settle, Doctor.Listener listener) throws Exception {
    try (ScriptedGateway gateway = new ScriptedGateway(script());
        GatewayReader reader = GatewayReader.connect(options(gateway))) {
      return Doctor.examine(
          new LivePatient(reader),
          api,
          new Shell(),
          new Doctor.Options(prefix, settle, told, sessionsMax),
          listener);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void a_ledger_that_moves_between_the_looks_is_not_judged(int limit) throws Exception {
    String moves = key("ledger-moves-" + limit);
    accept("OpenSession", prefix + "stays", "sessionId", "one");
    accept("OpenSession", moves, "sessionId", "one");
    list(row(prefix + "stays", "one", "failed"), row(moves, "one", "failed"));
    told = limit;
    AtomicLong again = new AtomicLong();
    Diagnosis diagnosis =
        examine(
            TWO_LOOKS,
            new Doctor.Listener() {
              @Override
              public void again(long sessions, Duration after) {
                again.set(sessions);
                accept("StartRun", moves, "sessionId", "one", "runId", "r");
              }
            });
    assertThat(again).hasValue(2);
    assertThat(kinds(diagnosis)).containsExactly(prefix + "stays status-differs");
    assertThat(diagnosis.differ()).isEqualTo(1);
    assertThat(diagnosis.moving()).isEqualTo(1);
  }

  @Test
  void a_session_that_is_opened_before_the_listing_is_read_is_known() throws Exception {
    String key = key("just-opened");
    list(row(key, "one", "failed"));
    AtomicLong reads = new AtomicLong();
    Diagnosis diagnosis =
        examine(
            ONE_LOOK,
            new Doctor.Listener() {
              @Override
              public void progress(String what, long done) {
                if (what.equals("reading the ledger") && reads.incrementAndGet() == 2) {
                  accept("OpenSession", key, "sessionId", "one");
                }
              }
            });
    assertThat(kinds(diagnosis)).containsExactly(key + " status-differs");
  }

  @Test
  void every_page_is_read_a_row_that_comes_twice_counts_once_and_the_rest_is_counted()
      throws Exception {
    key("pages");
    List<Object> rows = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      accept("OpenSession", prefix + i, "sessionId", "one");
      rows.add(row(prefix + i, "one", "failed"));
    }
    looks.add(
        List.of(
            map("sessions", rows.subList(0, 3), "hasMore", true, "nextOffset", 3),
            map("sessions", rows.subList(2, 4), "hasMore", true, "nextOffset", 5),
            page(rows.subList(4, 5))));
    told = 2;
    Diagnosis diagnosis = examine(TWO_LOOKS);
    assertThat(diagnosis.sessions()).isEqualTo(5);
    assertThat(diagnosis.differ()).isEqualTo(5);
    assertThat(diagnosis.findings()).hasSize(2);
    assertThat(diagnosis.findingsLeftOut()).isEqualTo(3);
    assertThat(diagnosis.complete()).isTrue();
  }

  @Test
  void a_row_that_comes_twice_is_judged_by_the_later_one() throws Exception {
    String key = key("later");
    accept("OpenSession", key, "sessionId", "one");
    Diagnosis diagnosis = list(row(key, "one", "failed"), row(key, "one", null)).examine(ONE_LOOK);
    assertThat(diagnosis.differ()).isZero();
    assertThat(diagnosis.sessions()).isEqualTo(1);
  }

  /** A ledger that goes on right after its first page was read. */
  private static LedgerApi goesOn(Runnable next) {
    AtomicInteger pages = new AtomicInteger();
    return (LedgerApi)
        Proxy.newProxyInstance(
            DoctorTest.class.getClassLoader(),
            new Class<?>[] {LedgerApi.class},
            (proxy, method, arguments) -> {
              Object answer;
              try {
                answer = method.invoke(api, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (method.getName().equals("sessions") && pages.incrementAndGet() == 1) {
                next.run();
              }
              return answer;
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void a_session_that_is_opened_while_the_ledger_is_read_is_known(int limit) throws Exception {
    key("meanwhile-" + limit);
    list(
        row(prefix + "unheard", "u", null),
        row(prefix + "new", "one", null),
        row(prefix + "newest", "one", "failed"));
    LedgerApi moving =
        goesOn(
            () -> {
              accept("OpenSession", prefix + "new", "sessionId", "one");
              accept("OpenSession", prefix + "newest", "sessionId", "one");
            });
    try (ScriptedGateway gateway = new ScriptedGateway(script());
        GatewayReader reader = GatewayReader.connect(options(gateway))) {
      Diagnosis diagnosis =
          Doctor.examine(
              new LivePatient(reader),
              moving,
              new Shell(),
              new Doctor.Options(prefix, ONE_LOOK, limit, sessionsMax),
              new Doctor.Listener() {});
      assertThat(diagnosis.unknownToLedger()).isEqualTo(1);
      assertThat(kinds(diagnosis)).containsExactly(prefix + "newest status-differs");
    }
  }

  @Test
  void a_listing_without_an_end_is_told_and_nothing_is_called_missing() throws Exception {
    String key = key("endless");
    accept("OpenSession", key, "sessionId", "one");
    List<Object> pages =
        IntStream.range(1, 6)
            .<Object>mapToObj(i -> map("sessions", List.of(), "hasMore", true, "nextOffset", i))
            .toList();
    looks.add(pages);
    Diagnosis diagnosis = examine(ONE_LOOK);
    assertThat(diagnosis.complete()).isFalse();
    assertThat(diagnosis.notListed()).isZero();
    looks.clear();
    looks.add(List.of(map("sessions", List.of(), "hasMore", true, "nextOffset", 0)));
    assertThat(examine(ONE_LOOK).complete()).isFalse();
  }

  @Test
  void hostile_rows_are_skipped_and_take_no_other_with_them() throws Exception {
    String key = key("hostile");
    accept("OpenSession", key, "sessionId", "one");
    Diagnosis diagnosis =
        list(
                "no row",
                7,
                map("sessionId", "one"),
                row("hostile:\u0007", "one", "failed"),
                row("x".repeat(513), "one", "failed"),
                map("key", List.of(key), "sessionId", "one"),
                row(key, "one", "failed", "hasActiveRun", "yes"),
                map("key", key, "sessionId", map("a", 1)),
                row("hostile:none", null, "failed"),
                row(key, "one", "a status of\u001b[31m another day", "activeRunIds", "r"),
                row(key, "one", "failed", "activeRunIds", List.of("", 7, "x".repeat(300))))
            .examine(TWO_LOOKS);
    assertThat(kinds(diagnosis)).containsExactly("hostile:s status-differs");
    assertThat(diagnosis.withoutId()).isEqualTo(1);
    assertThat(diagnosis.unreadable()).isEqualTo(8);
    looks.clear();
    looks.add(List.of(map("sessions", "all of them")));
    assertThat(examine(ONE_LOOK).unreadable()).isEqualTo(1);
  }

  @Test
  void a_ledger_with_more_sessions_than_fit_is_refused_with_what_to_do() {
    key("many");
    accept("OpenSession", "many:1", "sessionId", "one");
    accept("OpenSession", "many:2", "sessionId", "one");
    sessionsMax = 1;
    list();
    assertThatThrownBy(() -> examine(ONE_LOOK))
        .isInstanceOf(TooManySessions.class)
        .hasMessageContaining("--prefix");
  }

  private static GatewayError refused(ScriptedGateway.Script script) throws IOException {
    try (ScriptedGateway gateway = new ScriptedGateway(script)) {
      return catchThrowableOfType(
          GatewayError.class,
          () -> {
            try (GatewayReader reader = GatewayReader.connect(options(gateway))) {
              reader.list(page -> {});
            }
          });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTH_TOKEN_MISMATCH", "PROTOCOL_MISMATCH", "MISSING_SCOPE"})
  void what_the_gateway_refuses_is_told_by_its_kind(String code) throws IOException {
    GatewayError error =
        refused(
            peer -> {
              peer.challenge();
              peer.refuse(
                  peer.expect("connect"),
                  map("code", "INVALID_REQUEST", "message", "no", "details", map("code", code)));
              peer.awaitEnd();
            });
    assertThat(error.kind().name())
        .isEqualTo(code.equals("AUTH_TOKEN_MISMATCH") ? "WRONG_TOKEN" : code);
    assertThat(error.getMessage()).doesNotContain(ScriptedGateway.TOKEN);
  }

  @Test
  void a_gateway_that_goes_away_or_says_nothing_readable_is_an_error_and_no_diagnosis()
      throws IOException {
    GatewayError gone =
        refused(
            peer -> {
              peer.welcome(ScriptedGateway.hello("boot"));
              peer.expect("sessions.list");
              peer.drop();
            });
    assertThat(gone.kind()).isEqualTo(GatewayError.Kind.NOT_CONNECTED);
    GatewayError busy =
        refused(
            peer -> {
              peer.welcome(ScriptedGateway.hello("boot"));
              peer.refuse(peer.expect("sessions.list"), map("code", "UNAVAILABLE"));
              peer.awaitEnd();
            });
    assertThat(busy.getMessage()).contains("cannot be read").contains("UNAVAILABLE");
  }
}

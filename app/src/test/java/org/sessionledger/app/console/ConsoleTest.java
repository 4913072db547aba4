package org.sessionledger.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.cli.Shown;
import org.sessionledger.core.session.Json;
import org.springframework.web.util.HtmlUtils;

/** The pages over a real server that has heard the recorded race. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleTest {

  private static final String RACE = Site.RACE;
  private static final String KEY = "?key=" + RACE;

  private static final int ASSETS_BYTES_MAX = 300_000;

  private Site site;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    site = new Site(folder);
    site.replayTheRace();
    site.decide("type", "OpenSession", "sessionKey", "other", "sessionId", "o-1");
    site.decide("type", "StartRun", "sessionKey", "other", "sessionId", "o-1", "runId", "o-run");
    site.seen("other");
  }

  @AfterAll
  void stop() {
    site.close();
  }

  private Site.Page page(String path) {
    Site.Page page = site.get(path);
    assertThat(page.status()).as(page.body()).isEqualTo(200);
    assertThat(page.headers().get("Content-Type")).startsWith("text/html");
    return page;
  }

  @Test
  void sessions_are_listed_with_what_they_are_doing() {
    String body = page("/").body();
    assertThat(body).contains(RACE, "other", "status idle", "status running");
    assertThat(body).startsWith("<!doctype html>").contains("</html>");
  }

  @Test
  void the_list_is_narrowed_by_the_beginning_of_a_key_and_by_status() {
    assertThat(page("/?prefix=agent").body()).contains(RACE).doesNotContain("key=other");
    assertThat(page("/?status=running").body()).contains("key=other").doesNotContain(RACE);
    assertThat(page("/?prefix=nobody").body()).contains("No session fits");
  }

  @Test
  void a_script_gets_the_list_alone() {
    assertThat(site.part("/?prefix=agent").body().strip())
        .startsWith("<div id=\"list\"")
        .doesNotContain("<html");
    // A page that a browser goes back to is whole.
    assertThat(site.get("/", "HX-Request", "true", "HX-History-Restore-Request", "true").body())
        .contains("<html");
  }

  @Test
  void rows_that_changed_are_as_their_event_left_them() {
    String rows =
        site.part("/console/rows?key=" + RACE + "&version=2&key=other&version=0&key=no&version=0")
            .body();
    assertThat(rows).contains("hx-swap-oob=\"true\"").contains("status running");
    assertThat(rows.split("<tr", -1)).hasSize(3);
    assertThat(rows).contains("data-version=\"2\"").doesNotContain("key=no\"");
  }

  @Test
  void the_race_is_one_picture() {
    String body = page("/console/session" + KEY).body();
    assertThat(body).contains("Generation 1", "Generation 2", "status idle");
    assertThat(body).contains("class=\"mark refusal\"").contains("class=\"bar ");
    assertThat(body).contains("class=\"boundary\"");
    // And the same as a table.
    assertThat(body).contains("<span class=\"verdict\">refused</span> <span>run-superseded</span>");
  }

  @Test
  void a_picture_has_whatever_happened() {
    String body = page("/console/session?key=" + Site.encode(site.tellAStory())).body();
    for (String kind :
        List.of("done", "failed", "aborted", "interrupted", "carried", "superseded", "running")) {
      assertThat(body).contains("class=\"bar " + kind + "\"");
    }
    assertThat(body).contains("class=\"gap\"", "Nobody listened from", "Generation 3");
    assertThat(body).contains("FailRun of run watch refused: run-superseded, 2 times");
  }

  @Test
  void the_picture_can_be_zoomed() {
    Site.Page whole = page("/console/session" + KEY);
    Site.Page part = page("/console/session" + KEY + "&from=2&to=3");
    assertThat(whole.body()).contains("class=\"mark refusal\"");
    assertThat(part.body()).contains("Versions <span>2</span> to <span>3</span>");
    assertThat(part.body()).doesNotContain("class=\"mark refusal\"");
    assertThat(part.links()).anyMatch(link -> link.contains("from=1&to=4"));
    // A range that is none is the nearest one.
    assertThat(page("/console/session" + KEY + "&from=900&to=x").body()).contains("to <span>6<");
  }

  @Test
  void every_shape_leads_to_where_it_comes_from() {
    Site.Page session = page("/console/session" + KEY);
    List<String> details =
        session.links().stream().filter(link -> link.startsWith("/console/detail")).toList();
    assertThat(details).hasSizeGreaterThan(8);
    for (String link : new TreeSet<>(details)) {
      assertThat(page(link).body()).contains("<h3>");
    }
    String refusal = site.part(session.link("decision=")).body();
    assertThat(refusal.strip()).startsWith("<article").contains("The way out:", "run-superseded");
    assertThat(site.part("/console/detail" + KEY + "&event=1").body()).contains("Session opened");
  }

  @Test
  void a_refusal_of_another_session_is_not_found() {
    String decision = page("/console/session" + KEY).link("decision=").replace(KEY, "?key=other");
    assertThat(site.get(decision).status()).isEqualTo(404);
  }

  @Test
  void runs_lineage_and_the_past_have_pages() {
    assertThat(page("/console/runs" + KEY).body()).contains("status done", "run-superseded");
    assertThat(page("/console/lineage" + KEY).body()).contains("Session reset", "Audit");
    assertThat(page("/console/past" + KEY + "&version=2").body())
        .contains("status running", "version=1", "version=3");
    assertThat(site.part("/console/past" + KEY + "&version=2").body().strip())
        .startsWith("<section");
  }

  @Test
  void the_audit_explains_what_came_too_late() {
    Site.Page audit = page("/console/audit" + KEY + "&generation=1");
    assertThat(audit.body()).contains("Before", "Right after", "Intact.", "The way out:");
    assertThat(page("/console/audit?key=other").body()).contains("Nothing was rotated yet");
    assertThat(site.get("/console/audit?key=other&generation=7").status()).isEqualTo(404);
    assertThat(site.part(audit.link("by-key")).body())
        .contains("Without the fence, a store by key would have been wrong", "status failed");
  }

  @Test
  void of_very_many_late_arrivals_the_first_are_told() {
    List<String> commands = new ArrayList<>();
    commands.add(json("OpenSession", "sessionId", "l-1"));
    for (int i = 0; i < 205; i++) {
      commands.add(json("StartRun", "sessionId", "l-1", "runId", "l-" + i));
    }
    commands.add(json("ResetSession"));
    for (int i = 0; i < 205; i++) {
      commands.add(json("CompleteRun", "runId", "l-" + i));
    }
    site.api().decideAll(commands);
    site.seen("late");
    String body = page("/console/audit?key=late").body();
    assertThat(body.split("<li data-row>", -1)).hasSize(1 + 200);
    assertThat(body).contains("first <span>200</span> of <span>205</span>");
    assertThat(page("/console/audit" + KEY).body()).doesNotContain("These are the first");
  }

  private static String json(String type, String... more) {
    Map<String, String> command = new LinkedHashMap<>(Map.of("type", type, "sessionKey", "late"));
    for (int i = 0; i < more.length; i += 2) {
      command.put(more[i], more[i + 1]);
    }
    return Json.write(command);
  }

  @Test
  void the_bundle_can_be_kept() {
    Site.Page bundle = site.get("/console/bundle" + KEY, "Accept", "*/*");
    assertThat(bundle.headers().get("Content-Disposition")).contains("bundle-agent-main");
    assertThat(bundle.body().lines().count()).isGreaterThan(6);
    assertThat(site.get("/console/bundle?key=no").status()).isEqualTo(404);
  }

  @Test
  void refusals_are_counted_by_who_sent_them() {
    Site.Page all = page("/console/refusals");
    assertThat(all.body()).contains("run-superseded", RACE, "<rect", "Who keeps sending");
    assertThat(page("/console/refusals?reason=run-superseded&component=openclaw").body())
        .contains(RACE);
    assertThat(page("/console/refusals?component=nobody").body()).contains("Nothing was refused");
  }

  @Test
  void views_can_be_rebuilt() {
    assertThat(page("/console/views").body()).contains("timeline", "lineage", "Rebuild");
    Site.Page begun = site.post("/console/views/rebuild", Map.of("view", "runs", "mode", "check"));
    assertThat(begun.status()).isEqualTo(302);
    assertThat(page("/console/views").body()).containsAnyOf("Last rebuild", "Rebuilding");
    assertThat(site.post("/console/views/rebuild", Map.of("view", "no", "mode", "check")).status())
        .isEqualTo(404);
  }

  @Test
  void gateways_are_shown_where_there_are_some() {
    assertThat(page("/").body()).doesNotContain("/console/gateways");
    assertThat(page("/console/gateways").body()).contains("follows no gateway");
  }

  @Test
  void what_is_not_there_is_told_to_people_as_a_page_and_to_programs_as_a_document() {
    Site.Page unknown = site.get("/console/session?key=nobody");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.headers().get("Content-Type")).startsWith("text/html");
    assertThat(unknown.body()).contains("No session was ever opened under the key", "All sessions");
    assertThat(site.get("/no/such/page").body()).contains("<h1>Nothing is at this path</h1>");
    assertThat(site.get("/no/such/page", "Accept", "*/*").headers().get("Content-Type"))
        .startsWith("application/problem+json");
    assertThat(site.get("/v1/sessions/nobody").headers().get("Content-Type"))
        .startsWith("application/problem+json");
    assertThat(site.part("/console/session?key=nobody").body().strip())
        .startsWith("<div class=\"problem\"");
    // A script does not say that it wants a page.
    assertThat(
            site.get("/console/session?key=nobody", "HX-Request", "true", "Accept", "*/*")
                .headers()
                .get("Content-Type"))
        .startsWith("text/html");
    assertThat(site.get("/console/session").status()).isEqualTo(400);
    assertThat(site.get("/?cursor=x").status()).isEqualTo(400);
  }

  private Map<String, String> form(String key, String action) {
    Map<String, String> form =
        new LinkedHashMap<>(page("/console/act?key=" + key + "&action=" + action).fields());
    form.put("reason", "it hangs");
    form.put("actor", "ada");
    return form;
  }

  @Test
  void a_reset_is_tried_done_and_done_only_once() {
    site.decide("type", "OpenSession", "sessionKey", "r", "sessionId", "r-1");
    site.decide("type", "StartRun", "sessionKey", "r", "sessionId", "r-1", "runId", "r-run");
    site.seen("r");
    Map<String, String> first = form("r", "reset");
    Map<String, String> second = form("r", "reset");
    assertThat(first).containsEntry("expectedGeneration", "1");

    Site.Page tried = site.post("/console/act/check", first);
    assertThat(tried.status()).isEqualTo(200);
    assertThat(tried.body()).contains("It would be accepted.", "1 open run", "r-run");
    assertThat(site.api().session("r", LedgerApi.Moment.NOW).path("generation").asLong())
        .isEqualTo(1);

    Map<String, String> whole = new LinkedHashMap<>(tried.fields());
    Site.Page done = site.post("/console/act/do", whole);
    assertThat(done.body()).contains("Done.").contains("generation <b>2</b>");
    Site.Page again = site.post("/console/act/do", whole);
    assertThat(again.body()).contains("It was done already.");

    Site.Page stale = site.post("/console/act/do", second);
    assertThat(stale.status()).isEqualTo(412);
    assertThat(stale.body()).contains("Refused: ", "expected-generation", "The way out:", "ada");
    site.seen("r");
    assertThat(page("/console/session?key=r").body()).contains("Session reset by ada: it hangs");
  }

  @Test
  void an_order_without_a_reason_or_a_name_is_not_tried() {
    Map<String, String> form = form("other", "close");
    form.put("reason", " ");
    assertThat(site.post("/console/act/check", form).body()).contains("Say why");
    assertThat(site.post("/console/act/do", form).body()).contains("Say why");
    form.put("reason", "x");
    form.remove("actor");
    assertThat(site.post("/console/act/do", form).body()).contains("Say who you are");
    assertThat(site.get("/console/act?key=other&action=explode").status()).isEqualTo(404);
  }

  @Test
  void what_would_be_refused_is_said_before_it_is_done() {
    Map<String, String> form = form(RACE, "restore");
    form.put("fromGeneration", "77");
    Site.Page tried = site.post("/console/act/check", form);
    assertThat(tried.body()).contains("It would be refused: ", "unknown-generation", "Begin anew");
    assertThat(tried.body()).doesNotContain("Restore now");
  }

  @ParameterizedTest
  @MethodSource("orders")
  void every_action_can_be_done(String action, Map<String, String> more, String status) {
    String key = "act-" + action;
    site.decide("type", "OpenSession", "sessionKey", key, "sessionId", "a-1");
    site.decide(
        "type",
        "StartRun",
        "sessionKey",
        key,
        "sessionId",
        "a-1",
        "runId",
        "a-run",
        "source",
        Map.of("component", "gateway", "instance", "i-1"));
    if (action.equals("reopen")) {
      site.decide("type", "CloseSession", "sessionKey", key);
    }
    site.seen(key);
    Map<String, String> form = form(key, action);
    form.putAll(more);
    Site.Page tried = site.post("/console/act/check", form);
    assertThat(tried.body()).contains("It would be accepted.");
    if (!action.equals("reopen")) {
      assertThat(tried.body()).contains("1 open run", "a-run");
    }
    assertThat(site.post("/console/act/do", tried.fields()).body()).contains("Done.");
    site.seen(key);
    assertThat(page("/console/session?key=" + key).body()).contains("status " + status);
  }

  static List<Arguments> orders() {
    return List.of(
        Arguments.of("close", Map.of(), "closed"),
        Arguments.of("reopen", Map.of(), "idle"),
        Arguments.of("restore", Map.of("fromGeneration", "1"), "idle"),
        Arguments.of("migrate", Map.of("newSessionKey", "moved <here>"), "migrated"),
        Arguments.of("interrupt-run", Map.of("runId", "a-run", "attempt", "1"), "interrupted"),
        Arguments.of("interrupt-instance", Map.of("instance", "i-1"), "interrupted"));
  }

  private static final String MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

  static List<String> hostile() {
    return List.of(
        MARKUP,
        "a%2Fb",
        "a%252Fb+c&d=e#f?g;h",
        "..",
        " a ",
        "x\u202Egnp.exe",
        "emoji 👩‍👩‍👧 ✓",
        "${7*7}__${7*7}__[[${7*7}]]#{x}@{x}~{x}|x|",
        "{{7*7}}<%=7*7%>",
        "é".repeat(512));
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void whatever_a_runtime_sends_is_text(String text) {
    String id = text.length() > 256 ? text.substring(0, 256) : text;
    site.decide(
        "type", "OpenSession", "sessionKey", text, "sessionId", id, "attributes", Map.of(id, id));
    site.decide(
        "type",
        "StartRun",
        "sessionKey",
        text,
        "sessionId",
        id,
        "runId",
        id,
        "source",
        Map.of("component", id, "instance", id));
    site.decide("type", "ReportProgress", "sessionKey", text, "runId", id, "note", id);
    site.decide(
        "type", "FailRun", "sessionKey", text, "runId", id, "errorKind", id, "errorMessage", text);
    site.decide(
        "type",
        "ResetSession",
        "sessionKey",
        text,
        "actor",
        id,
        "reason",
        text,
        "newSessionId",
        id.substring(0, Math.min(254, id.length())) + "2");
    site.decide(
        "type",
        "FailRun",
        "sessionKey",
        text,
        "runId",
        id,
        "errorMessage",
        text,
        "source",
        Map.of("component", id, "instance", id));
    site.seen(text);
    String key = "?key=" + Site.encode(text);
    Set<String> pages = new TreeSet<>();
    Site.Page list = page("/?prefix=" + Site.encode(text));
    String link = list.link("/console/session?key=");
    Site.Page session = page(link);
    assertThat(session.links()).as("its own link").anyMatch(l -> l.startsWith("/console/past"));
    pages.add(list.body());
    pages.add(session.body());
    // One of each kind; that every one of them tells it as text is another test's.
    session.links().stream()
        .filter(l -> l.startsWith("/console/") && !l.contains("sign-out"))
        .collect(Collectors.toMap(l -> l.replaceAll("=[^&]*", ""), l -> l, (one, other) -> one))
        .values()
        .forEach(l -> pages.add(page(l).body()));
    pages.add(page("/console/audit/by-key" + key).body());
    pages.add(page("/console/refusals").body());
    pages.add(site.get("/console/session" + key + Site.encode(MARKUP)).body());
    assertThat(pages).hasSizeGreaterThan(10);
    for (String body : pages) {
      assertThat(body).doesNotContain("<script>alert", "<img src=x");
      assertThat(shown(body)).doesNotContain("\u202E");
    }
    assertThat(session.body()).contains("Versions <span>1</span> to <span>5</span>");
    assertThat(shown(list.body())).contains(Shown.text(text));
  }

  /** What a page says, without its markup. */
  private static String shown(String body) {
    return HtmlUtils.htmlUnescape(body.replaceAll("<[^>]*>", "|"));
  }

  @Test
  void assets_are_few_small_and_kept_by_browsers() {
    Site.Page home = page("/");
    Set<String> assets =
        Pattern.compile("(?:src|href)=\"(/assets/[^\"]+)\"")
            .matcher(home.body())
            .results()
            .map(m -> m.group(1))
            .collect(Collectors.toSet());
    assertThat(assets).hasSize(4);
    long bytes = 0;
    for (String asset : assets) {
      assertThat(asset).matches("/assets/[a-z.]+-[0-9a-f]{32}\\.(css|js|svg)");
      Site.Page got = site.get(asset, "Accept", "*/*");
      assertThat(got.status()).isEqualTo(200);
      assertThat(got.headers().get("Cache-Control")).contains("max-age=31536000", "immutable");
      assertThat(outside(got.body())).as(asset).isEmpty();
      bytes += Long.parseLong(got.headers().get("Content-Length"));
    }
    assertThat(bytes).isLessThan(ASSETS_BYTES_MAX);
    for (String path :
        List.of("/", "/console/session" + KEY, "/console/audit" + KEY, "/console/views")) {
      String body = page(path).body();
      assertThat(outside(body)).as(path).isEmpty();
      // A strict content security policy refuses these.
      assertThat(body).doesNotContainPattern("<script>|<style|\\sstyle=|\\son[a-z]+=\"");
    }
    assertThat(site.get("/assets/../org/sessionledger/app/console/layout.html").status())
        .isIn(400, 404);
  }

  /** Addresses of other hosts; names of vocabularies are none, nobody fetches them. */
  private static List<String> outside(String text) {
    return Pattern.compile(
            "(?:https?:)?//[a-z0-9][a-z0-9.-]*\\.[a-z]{2,}", Pattern.CASE_INSENSITIVE)
        .matcher(text)
        .results()
        .map(m -> m.group())
        .filter(found -> !found.equals("http://www.w3.org"))
        .toList();
  }
}

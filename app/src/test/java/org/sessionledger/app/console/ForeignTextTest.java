package org.sessionledger.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.Role;
import org.sessionledger.app.api.Callers;
import org.sessionledger.app.api.GatewayDirectory;
import org.sessionledger.app.api.LedgerApi;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.setup.MockMvcBuilders;
import org.springframework.web.util.HtmlUtils;
import org.thymeleaf.spring6.ISpringTemplateEngine;
import org.thymeleaf.spring6.view.ThymeleafViewResolver;

/**
 * A runtime, a gateway and an operator send markup and hidden characters in every text that they
 * can send, and every page that tells of it tells it as text. Turning one {@code th:text} into
 * {@code th:utext}, or leaving one {@code say.text} out, fails here.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignTextTest {

  /** Short, because it is cut in places. What turns the line around comes first. */
  private static final String EVIL = "\u202E<script>\"onmouseover='a()'\u200B>\u2028|";

  private static final String HIDDEN = "[\u202E\u200B\u2028]";

  /**
   * Where a page must say a text as it came: what a form sends back, and what a script compares.
   */
  private static final String AS_IT_CAME = "\\b(?:value|data-session|data-prefix)=\"[^\"]*\"";

  /** Of one kind: what differs by a version only is told by the same lines of a template. */
  private static final int PAGES_MAX = 8;

  private static final int DETAILS_MAX = 40;

  private Site site;

  @BeforeAll
  void start(@TempDir Path folder) {
    site = new Site(folder);
    send(evil("key"));
  }

  @AfterAll
  void stop() {
    site.close();
  }

  private static String evil(String name) {
    return EVIL + name;
  }

  private static Map<String, String> source(String name) {
    return Map.of(
        "component", evil("component" + name),
        "instance", evil("instance" + name),
        "host", evil("host" + name));
  }

  /** Everything that can bring a text. */
  private void send(String key) {
    decide(
        "type",
        "OpenSession",
        "sessionKey",
        key,
        "sessionId",
        evil("id"),
        "attributes",
        Map.of(evil("name"), evil("value")));
    for (String run : List.of("done", "failed", "lost", "late", "carried")) {
      decide(
          "type",
          "StartRun",
          "sessionKey",
          key,
          "sessionId",
          evil("id"),
          "runId",
          evil(run),
          "source",
          source(run));
    }
    decide(
        "type", "ReportProgress", "sessionKey", key, "runId", evil("done"), "note", evil("note"));
    decide("type", "CompleteRun", "sessionKey", key, "runId", evil("done"));
    decide(
        "type",
        "FailRun",
        "sessionKey",
        key,
        "runId",
        evil("failed"),
        "errorKind",
        evil("kind"),
        "errorMessage",
        evil("message"));
    decide(
        "type",
        "InterruptRuns",
        "sessionKey",
        key,
        "runId",
        evil("lost"),
        "actor",
        evil("actor"),
        "reason",
        evil("reason"));
    decide(
        "type",
        "CompactSession",
        "sessionKey",
        key,
        "sessionId",
        evil("id"),
        "newSessionId",
        evil("id2"),
        "carryRuns",
        List.of(evil("late"), evil("carried")));
    decide(
        "type",
        "ResetSession",
        "sessionKey",
        key,
        "newSessionId",
        evil("id3"),
        "actor",
        evil("actor"),
        "reason",
        evil("reason"),
        "commandId",
        evil("command"),
        "source",
        source("reset"));
    for (String last : List.of("1", "1", "2")) {
      decide(
          "type",
          "FailRun",
          "sessionKey",
          key,
          "runId",
          evil("late"),
          "errorKind",
          evil("kind"),
          "errorMessage",
          evil("message" + last),
          "source",
          source("late"));
    }
    decide("type", "ForkSession", "sessionKey", key, "newSessionKey", evil("fork"));
    for (String run : List.of("open", "other")) {
      decide(
          "type",
          "StartRun",
          "sessionKey",
          key,
          "sessionId",
          evil("id3"),
          "runId",
          evil(run),
          "source",
          source("open"));
    }
    decide("type", "OpenSession", "sessionKey", evil("moving"), "sessionId", evil("id"));
    decide("type", "MigrateSession", "sessionKey", evil("moving"), "newSessionKey", evil("moved"));
    decide("type", "CompleteRun", "sessionKey", evil("never"), "runId", evil("x"));
    decide("type", evil("type"), "sessionKey", key, "commandId", evil("unknown"));
    for (String each : List.of("key", "fork", "moving", "moved")) {
      site.seen(evil(each));
    }
  }

  private void decide(Object... fieldsAndValues) {
    site.decide(fieldsAndValues);
  }

  /** Each page that is found from the first ones on, whole and as a script asks for it. */
  Map<String, String> pages() {
    Map<String, String> pages = new TreeMap<>();
    Deque<String> next = new ArrayDeque<>();
    String key = "?key=" + Site.encode(evil("key"));
    next.add("/");
    next.add("/?prefix=" + Site.encode(EVIL));
    next.add("/?cursor=" + Site.encode(EVIL));
    next.add("/?status=" + Site.encode(EVIL));
    next.add("/console/refusals?reason=" + Site.encode(EVIL));
    next.add("/console/refusals?prefix=" + Site.encode(EVIL) + "&instance=" + Site.encode(EVIL));
    next.add("/console/audit/by-key" + key);
    next.add("/console/audit" + key + "&generation=1");
    next.add("/console/session" + key + Site.encode(EVIL));
    next.add("/console/session" + key + "&from=8&to=8");
    next.add("/console/past" + key + "&version=9");
    next.add("/console/rows" + key + "&version=0");
    next.add("/console/act" + key + "&action=" + Site.encode(EVIL));
    next.add("/" + Site.encode(EVIL).replace("+", "%20"));
    next.add("/console/views");
    for (Action action : Action.values()) {
      next.add("/console/act" + key + "&action=" + action.code());
    }
    Map<String, Integer> kinds = new HashMap<>();
    while (!next.isEmpty()) {
      String path = next.remove();
      String kind = path.replaceFirst("\\?.*", "");
      if (pages.containsKey(path)
          || kinds.merge(kind, 1, Integer::sum)
              > (kind.endsWith("detail") ? DETAILS_MAX : PAGES_MAX)) {
        continue;
      }
      Site.Page page = site.get(path);
      pages.put(path, page.body());
      if (kinds.get(kind) == 1 && !kind.endsWith("act")) {
        pages.put("part of " + path, site.part(path).body());
      }
      page.links().stream()
          .filter(link -> link.startsWith("/console/") && !link.startsWith("/console/bundle"))
          .forEach(next::add);
    }
    orders(pages);
    pages.put("gateways", gateways());
    pages.put("views", views());
    return pages;
  }

  private void orders(Map<String, String> pages) {
    for (Action action : Action.values()) {
      pages.put("check " + action, site.post("/console/act/check", form(action)).body());
    }
    Map<String, String> form = form(Action.RESET);
    form.put("expectedGeneration", "2");
    pages.put("stale", site.post("/console/act/do", form).body());
    form.put("expectedGeneration", EVIL);
    pages.put("no number", site.post("/console/act/check", form).body());
    pages.put("no number, done", site.post("/console/act/do", form).body());
    form.put("reason", " ");
    pages.put("no reason", site.post("/console/act/do", form).body());
    form = form(Action.RESET);
    pages.put("done", site.post("/console/act/do", form).body());
    pages.put("done again", site.post("/console/act/do", form).body());
  }

  private static Map<String, String> form(Action action) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("key", evil("key"));
    form.put("action", action.code());
    form.put("commandId", evil("order"));
    form.put("reason", evil("reason"));
    form.put("actor", evil("actor"));
    if (action.expects()) {
      form.put("expectedGeneration", "3");
    }
    if (action.begins()) {
      form.put("newSessionId", evil("id9"));
    }
    switch (action) {
      case MIGRATE -> form.put("newSessionKey", evil("target"));
      case RESTORE -> form.put("fromGeneration", "1");
      case INTERRUPT_RUN -> form.put("runId", evil("open"));
      case INTERRUPT_INSTANCE -> form.put("instance", source("open").get("instance"));
      case RESET, CLOSE, REOPEN -> {}
    }
    return form;
  }

  /** What a gateway says of itself and of sessions. */
  private String gateways() {
    ObjectNode gateway = JsonNodeFactory.instance.objectNode();
    for (String name : List.of("name", "version", "url", "trouble")) {
      gateway.put(name, evil(name));
    }
    gateway.put("differenceCount", 1);
    gateway.putObject("lastGap").put("from", EVIL).put("to", EVIL).put("why", EVIL);
    ObjectNode difference = gateway.putArray("differences").addObject();
    difference.put("sessionKey", evil("key"));
    difference.putObject("shown").put("status", EVIL).put("sessionId", EVIL);
    difference.putObject("ledger").put("status", EVIL).put("sessionId", EVIL);
    return page("/console/gateways", site.api(), () -> list(gateway));
  }

  /** Views whose troubles quote what they could not take. */
  private String views() {
    ObjectNode view = JsonNodeFactory.instance.objectNode().put("name", "runs");
    view.put("state", "stopped").put("error", EVIL);
    ObjectNode health = JsonNodeFactory.instance.objectNode();
    health.putArray("problems").add(EVIL);
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    report.put("state", "failed").put("switched", false).put("error", EVIL);
    LedgerApi api =
        (LedgerApi)
            Proxy.newProxyInstance(
                LedgerApi.class.getClassLoader(),
                new Class<?>[] {LedgerApi.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "projections" ->
                          JsonNodeFactory.instance.objectNode().set("items", list(view));
                      case "health" -> health;
                      case "rebuildReport" -> report;
                      default -> throw new AssertionError(method.getName());
                    });
    return page("/console/views", api, JsonNodeFactory.instance::arrayNode);
  }

  /** A page over a ledger or gateways that are in a state which takes long to bring about. */
  private String page(String path, LedgerApi api, GatewayDirectory directory) {
    ThymeleafViewResolver resolver = new ThymeleafViewResolver();
    resolver.setTemplateEngine(site.server.bean(ISpringTemplateEngine.class));
    resolver.setCharacterEncoding("UTF-8");
    MockMvc mvc =
        MockMvcBuilders.standaloneSetup(new ViewsController(api, directory))
            .setControllerAdvice(new Pages(directory))
            .setViewResolvers(resolver)
            .build();
    Caller caller = new Caller("t", EVIL, Role.ADMIN, null, null);
    try {
      return mvc.perform(
              get(path)
                  .with(
                      request -> {
                        Callers.set(request, caller);
                        return request;
                      }))
          .andReturn()
          .getResponse()
          .getContentAsString();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static ArrayNode list(ObjectNode item) {
    return JsonNodeFactory.instance.arrayNode().add(item);
  }

  /** What is wrong with a page; empty when nothing is. */
  static String wrong(String body) {
    String lower = body.toLowerCase(Locale.ROOT);
    if (lower.contains("<script>") || lower.contains("\"onmouseover")) {
      return "markup";
    }
    String seen = HtmlUtils.htmlUnescape(body.replaceAll(AS_IT_CAME, ""));
    // What people wrote is given back to them as they wrote it.
    seen = seen.replaceAll("(?s)<textarea.*?</textarea>", "");
    return Pattern.compile(HIDDEN).matcher(seen).find() ? "hidden" : "";
  }

  @Test
  void every_page_tells_it_as_text() {
    Map<String, String> pages = pages();
    assertThat(pages).hasSizeGreaterThan(60);
    pages.forEach((path, body) -> assertThat(wrong(body)).as(path + "\n" + body).isEmpty());
  }
}

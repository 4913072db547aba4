package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * One session. Its key is a parameter, never a part of the path: a browser would take {@code ..}
 * for a step in it, however it is written.
 */
@Controller
class SessionPagesController {

  /** Entries that a click on a folded shape lists. */
  private static final int DETAIL_MAX = 100;

  private final LedgerApi ledger;
  private final SessionHead head;
  private final StoryReader stories;

  SessionPagesController(LedgerApi ledger, SessionHead head, StoryReader stories) {
    this.ledger = ledger;
    this.head = head;
    this.stories = stories;
  }

  @GetMapping(path = "/console/session", produces = MediaType.TEXT_HTML_VALUE)
  String session(
      HttpServletRequest request,
      @RequestParam String key,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      @RequestParam(required = false) @Nullable String page,
      @RequestParam(required = false) @Nullable String minVersion,
      Model model) {
    Doc card = head.open(request, key, Numbers.orNull(minVersion), model);
    // The timeline is a view of its own, which may be a moment behind the status.
    ledger.timeline(key, card.number("version"), new LedgerApi.Page(1, null));
    Long first = Numbers.orNull(from);
    Long last = Numbers.orNull(to);
    Story story = stories.read(key, card.number("version"), first, last);
    model.addAttribute("story", story);
    model.addAttribute("picture", Picture.of(story));
    model.addAttribute("zoom", Zoom.of(story));
    model.addAttribute("from", first);
    model.addAttribute("to", last);
    int number = (int) Math.min(Numbers.from(page, 0), Math.max(0, story.pages() - 1));
    model.addAttribute("page", number);
    model.addAttribute("entries", story.page(number));
    return Pages.wantsPart(request) ? "session :: live" : "session";
  }

  /** What lies behind a shape of the picture or a line of the table. */
  @GetMapping(path = "/console/detail", produces = MediaType.TEXT_HTML_VALUE)
  String detail(
      HttpServletRequest request,
      @RequestParam String key,
      @RequestParam(required = false) @Nullable String event,
      @RequestParam(required = false) @Nullable String decision,
      @RequestParam(required = false) @Nullable String run,
      @RequestParam(required = false) @Nullable String attempt,
      @RequestParam(required = false) @Nullable String from,
      @RequestParam(required = false) @Nullable String to,
      Model model) {
    Doc card = head.open(request, key, model);
    model.addAttribute("event", event == null ? null : event(key, Numbers.from(event, 0)));
    model.addAttribute("decision", decision == null ? null : decision(key, decision));
    if (event == null && decision == null) {
      Story story =
          stories.read(key, card.number("version"), Numbers.orNull(from), Numbers.orNull(to));
      model.addAttribute("run", run);
      model.addAttribute("attempt", Numbers.orNull(attempt));
      List<Story.Entry> entries =
          story.entries().stream()
              .filter(entry -> run == null || run.equals(entry.runId()))
              .limit(DETAIL_MAX)
              .toList();
      model.addAttribute("entries", entries);
      model.addAttribute("story", story);
      model.addAttribute("more", entries.size() == DETAIL_MAX);
    }
    return Pages.wantsPart(request) ? "detail :: part" : "detail";
  }

  private Doc event(String key, long version) {
    JsonNode items =
        ledger
            .timeline(key, null, LedgerApi.Page.ofEventsAfter(Math.max(0, version - 1), 1))
            .path("items");
    if (version < 1 || items.isEmpty()) {
      throw new ApiProblem(
          404,
          "unknown-moment",
          "The session has no such version",
          "No event of the session has the version " + version + " yet.");
    }
    return new Doc(items.get(0));
  }

  private Doc decision(String key, String id) {
    JsonNode decision = ledger.decision(id);
    if (!key.equals(decision.path("sessionKey").textValue())) {
      throw new ApiProblem(
          404, "unknown-decision", "No decision has this id", "The session has no such refusal.");
    }
    return new Doc(decision);
  }

  @GetMapping(path = "/console/runs", produces = MediaType.TEXT_HTML_VALUE)
  String runs(
      HttpServletRequest request,
      @RequestParam String key,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    head.open(request, key, model);
    list(ledger.runs(key, null, new LedgerApi.Page(Pages.LIST, cursor)), cursor, model);
    return "runs";
  }

  @GetMapping(path = "/console/lineage", produces = MediaType.TEXT_HTML_VALUE)
  String lineage(
      HttpServletRequest request,
      @RequestParam String key,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    head.open(request, key, model);
    list(ledger.generations(key, null, new LedgerApi.Page(Pages.LIST, cursor)), cursor, model);
    return "lineage";
  }

  private static void list(JsonNode page, @Nullable String cursor, Model model) {
    model.addAttribute("items", Doc.list(page.path("items")));
    model.addAttribute("next", page.path("nextCursor").textValue());
    model.addAttribute("cursor", cursor);
  }

  /** The session as it was. */
  @GetMapping(path = "/console/past", produces = MediaType.TEXT_HTML_VALUE)
  String past(
      HttpServletRequest request,
      @RequestParam String key,
      @RequestParam(required = false) @Nullable String version,
      Model model) {
    Doc card = head.open(request, key, model);
    long newest = card.number("version");
    long wanted = Math.max(1, Math.min(newest, Numbers.from(version, newest)));
    model.addAttribute("version", wanted);
    model.addAttribute(
        "then", new Doc(ledger.session(key, new LedgerApi.Moment(wanted, null, null))));
    model.addAttribute("event", event(key, wanted));
    return Pages.wantsPart(request) ? "past :: then" : "past";
  }

  /** The incident bundle, for any key: not every one survives in a browser's path. */
  @GetMapping("/console/bundle")
  void bundle(HttpServletRequest request, HttpServletResponse response, @RequestParam String key)
      throws IOException {
    // A key that is not there is told before the answer begins.
    head.require(request, key, null);
    response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
    response.setHeader(
        HttpHeaders.CONTENT_DISPOSITION,
        ContentDisposition.attachment()
            .filename("bundle-" + key.replaceAll("[^A-Za-z0-9._-]+", "-") + ".jsonl")
            .build()
            .toString());
    ledger.bundle(key, response.getOutputStream());
  }
}

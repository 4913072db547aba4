package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.CallerCommands;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.session.Json;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/**
 * What operators order, in three steps: say what and why, see what would be decided, do it. The
 * command's id is made in the first one, so that doing it twice is doing it once.
 */
@Controller
class ActionsController {

  private static final List<String> FIELDS =
      List.of(
          "commandId",
          "actor",
          "reason",
          "expectedGeneration",
          "newSessionId",
          "newSessionKey",
          "fromGeneration",
          "runId",
          "attempt",
          "instance");

  /** Pages of runs that are looked through for those that are open. */
  private static final int RUN_PAGES_MAX = 10;

  private final LedgerApi ledger;
  private final SessionHead head;
  private final CallerCommands commands;

  ActionsController(LedgerApi ledger, SessionHead head, CallerCommands commands) {
    this.ledger = ledger;
    this.head = head;
    this.commands = commands;
  }

  /** First step. */
  @GetMapping(path = "/console/act", produces = MediaType.TEXT_HTML_VALUE)
  String form(
      HttpServletRequest request,
      @RequestParam String key,
      @RequestParam String action,
      Model model) {
    Doc card = common(request, key, Action.of(action), model);
    Map<String, String> filled = filled(request);
    filled.putIfAbsent("commandId", "console-" + UUID.randomUUID());
    if (Action.of(action).expects()) {
      filled.putIfAbsent("expectedGeneration", String.valueOf(card.number("generation")));
    }
    model.addAttribute("filled", filled);
    return "act";
  }

  /** Second step: the decision that would be made, and nothing of it. */
  @PostMapping(path = "/console/act/check", produces = MediaType.TEXT_HTML_VALUE)
  String check(
      HttpServletRequest request,
      @RequestParam String key,
      @RequestParam String action,
      Model model) {
    Action what = Action.of(action);
    Doc card = common(request, key, what, model);
    Map<String, String> filled = filled(request);
    model.addAttribute("filled", filled);
    String missing = missing(what, filled, Visitor.of(request));
    if (missing != null) {
      model.addAttribute("missing", missing);
      return "act";
    }
    model.addAttribute("decision", decide(request, what, key, filled, true));
    model.addAttribute("ends", runsThatEnd(what, card, filled));
    return "act-check";
  }

  /** Third step. */
  @PostMapping(path = "/console/act/do", produces = MediaType.TEXT_HTML_VALUE)
  String act(
      HttpServletRequest request,
      HttpServletResponse response,
      @RequestParam String key,
      @RequestParam String action,
      Model model) {
    Action what = Action.of(action);
    common(request, key, what, model);
    Map<String, String> filled = filled(request);
    model.addAttribute("filled", filled);
    String missing = missing(what, filled, Visitor.of(request));
    if (missing != null) {
      model.addAttribute("missing", missing);
      return "act";
    }
    Doc decision = decide(request, what, key, filled, false);
    if ("rejected".equals(decision.text("verdict"))) {
      response.setStatus((int) decision.number("status"));
    }
    model.addAttribute("decision", decision);
    return "act-done";
  }

  private Doc common(HttpServletRequest request, String key, Action action, Model model) {
    Doc card = head.open(request, key, model);
    model.addAttribute("action", action);
    return card;
  }

  private static Map<String, String> filled(HttpServletRequest request) {
    Map<String, String> filled = new LinkedHashMap<>();
    for (String name : FIELDS) {
      String value = request.getParameter(name);
      if (value != null && !value.isEmpty()) {
        filled.put(name, value);
      }
    }
    return filled;
  }

  /** What the ledger would let through, and people should not leave out. */
  private static @Nullable String missing(
      Action action, Map<String, String> filled, Visitor visitor) {
    if (filled.getOrDefault("reason", "").isBlank()) {
      return "Say why: whoever reads the timeline later will want to know.";
    }
    if (!visitor.isKnown() && filled.getOrDefault("actor", "").isBlank()) {
      return "Say who you are: nobody had to sign in here.";
    }
    if (!filled.containsKey("commandId")) {
      return "The form is not whole; begin anew.";
    }
    return switch (action) {
      case INTERRUPT_RUN -> filled.containsKey("runId") ? null : "Say which run.";
      case INTERRUPT_INSTANCE -> filled.containsKey("instance") ? null : "Say which instance.";
      case RESTORE ->
          filled.containsKey("fromGeneration") ? null : "Say which generation to go on from.";
      case MIGRATE -> filled.containsKey("newSessionKey") ? null : "Say which key to move to.";
      case RESET, CLOSE, REOPEN ->
          filled.containsKey("expectedGeneration")
              ? null
              : "The expected generation is missing; begin anew.";
    };
  }

  private Doc decide(
      HttpServletRequest request,
      Action action,
      String key,
      Map<String, String> filled,
      boolean dryRun) {
    if (Visitor.of(request).isKnown()) {
      // Who did it is what his token says.
      filled.remove("actor");
    }
    return new Doc(commands.decide(request, Json.write(action.command(filled::get, key, dryRun))));
  }

  /** The open runs that the action would end. */
  private List<Doc> runsThatEnd(Action action, Doc card, Map<String, String> filled) {
    List<Doc> ends = new ArrayList<>();
    if (card.number("activeRuns") == 0) {
      return ends;
    }
    String cursor = null;
    int pages = 0;
    do {
      JsonNode page =
          ledger.runs(
              String.valueOf(card.text("sessionKey")),
              null,
              new LedgerApi.Page(LedgerApi.Page.LIMIT_MAX, cursor));
      for (Doc run : Doc.list(page.path("items"))) {
        if ("running".equals(run.text("status")) && isMeant(action, run, filled)) {
          ends.add(run);
        }
      }
      cursor = page.path("nextCursor").textValue();
    } while (cursor != null && ++pages < RUN_PAGES_MAX);
    return ends;
  }

  private static boolean isMeant(Action action, Doc run, Map<String, String> filled) {
    return switch (action) {
      case INTERRUPT_RUN -> String.valueOf(run.text("runId")).equals(filled.get("runId"));
      case INTERRUPT_INSTANCE ->
          String.valueOf(run.text("instance")).equals(filled.get("instance"));
      case REOPEN -> false;
      case RESET, CLOSE, RESTORE, MIGRATE -> true;
    };
  }
}

package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.Callers;
import org.sessionledger.app.api.LedgerApi;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** All sessions, newest change first. */
@Controller
class SessionsController {

  static final List<String> STATUSES =
      List.of("running", "idle", "done", "failed", "aborted", "interrupted", "closed", "migrated");

  private static final int NOT_FOUND = 404;

  private final LedgerApi ledger;

  SessionsController(LedgerApi ledger) {
    this.ledger = ledger;
  }

  @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
  String sessions(
      HttpServletRequest request,
      @RequestParam(defaultValue = "") String prefix,
      @RequestParam(defaultValue = "") String status,
      @RequestParam(required = false) @Nullable String cursor,
      Model model) {
    Visitor visitor = Visitor.of(request);
    String asked = prefix.isEmpty() ? null : prefix;
    JsonNode page =
        ledger.sessions(
            status.isEmpty() ? null : status,
            Callers.narrow(request, asked),
            new LedgerApi.Page(Pages.LIST, cursor));
    model.addAttribute("sessions", Doc.list(page.path("items")));
    model.addAttribute("next", page.path("nextCursor").textValue());
    model.addAttribute("prefix", prefix);
    model.addAttribute("status", status);
    model.addAttribute("cursor", cursor);
    model.addAttribute("statuses", STATUSES);
    if (Pages.wantsPart(request)) {
      return "sessions :: list";
    }
    model.addAttribute("stats", visitor.seesAll() ? new Doc(ledger.stats()) : null);
    return "sessions";
  }

  /**
   * Rows that a page has and that changed. A row is named by a key and the version that it is
   * wanted of, 0 being the newest.
   */
  @GetMapping(path = "/console/rows", produces = MediaType.TEXT_HTML_VALUE)
  String rows(HttpServletRequest request, Model model) {
    String[] keys = values(request, "key");
    String[] versions = values(request, "version");
    List<Doc> sessions = new ArrayList<>();
    for (int i = 0; i < Math.min(Math.min(keys.length, versions.length), Pages.LIST); i++) {
      Callers.requireMine(request, keys[i]);
      Doc session = session(keys[i], Numbers.from(versions[i], 0));
      if (session != null) {
        sessions.add(session);
      }
    }
    model.addAttribute("sessions", sessions);
    return "sessions :: changed";
  }

  /** As an event left it, and not as a view has it that may not have seen the event. */
  private @Nullable Doc session(String key, long version) {
    try {
      return new Doc(
          ledger.session(
              key,
              version == 0 ? LedgerApi.Moment.NOW : new LedgerApi.Moment(version, null, null)));
    } catch (ApiProblem e) {
      if (e.status() == NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private static String[] values(HttpServletRequest request, String name) {
    String[] values = request.getParameterValues(name);
    return values == null ? new String[0] : values;
  }
}

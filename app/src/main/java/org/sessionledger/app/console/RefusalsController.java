package org.sessionledger.app.console;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.Callers;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.core.session.Reason;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** What was refused, over all sessions, and which runtime keeps sending for the dead. */
@Controller
class RefusalsController {

  private final LedgerApi ledger;

  RefusalsController(LedgerApi ledger) {
    this.ledger = ledger;
  }

  @GetMapping(path = "/console/refusals", produces = MediaType.TEXT_HTML_VALUE)
  String refusals(
      HttpServletRequest request,
      @RequestParam(defaultValue = "") String prefix,
      @RequestParam(defaultValue = "") String reason,
      @RequestParam(defaultValue = "") String component,
      @RequestParam(defaultValue = "") String instance,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String page,
      Model model) {
    JsonNode lines =
        ledger.decisions(
            "rejected",
            reason.isEmpty() ? null : reason,
            null,
            Callers.narrow(request, prefix.isEmpty() ? null : prefix),
            new LedgerApi.Page(LedgerApi.Page.LIMIT_MAX, cursor));
    RefusalCounts counts = RefusalCounts.of(lines.path("items"), component, instance);
    int number = (int) Math.min(Numbers.from(page, 0), counts.pages() - 1);
    model.addAttribute("counts", counts);
    model.addAttribute("items", counts.page(number));
    model.addAttribute("page", number);
    model.addAttribute("cursor", cursor);
    model.addAttribute("older", lines.path("nextCursor").textValue());
    model.addAttribute("prefix", prefix);
    model.addAttribute("reason", reason);
    model.addAttribute("component", component);
    model.addAttribute("instance", instance);
    model.addAttribute("reasons", List.of(Reason.values()));
    if (Pages.wantsPart(request)) {
      return "refusals :: result";
    }
    model.addAttribute("totals", Visitor.of(request).seesAll() ? new Doc(ledger.stats()) : null);
    return "refusals";
  }
}

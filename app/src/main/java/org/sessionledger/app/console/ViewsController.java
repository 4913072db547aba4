package org.sessionledger.app.console;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.GatewayDirectory;
import org.sessionledger.app.api.LedgerApi;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** The views, and how they are rebuilt; the gateways that the server follows. */
@Controller
class ViewsController {

  private static final int NOT_FOUND = 404;

  /**
   * A view.
   *
   * @param rebuild its newest rebuild; null when there was none since the server's start
   */
  record Row(Doc view, @Nullable Doc rebuild) {

    public boolean isRebuilding() {
      return rebuild != null && "running".equals(rebuild.text("state"));
    }
  }

  private final LedgerApi ledger;
  private final GatewayDirectory gateways;

  ViewsController(LedgerApi ledger, GatewayDirectory gateways) {
    this.ledger = ledger;
    this.gateways = gateways;
  }

  @GetMapping(path = "/console/views", produces = MediaType.TEXT_HTML_VALUE)
  String views(HttpServletRequest request, Model model) {
    List<Row> rows = new ArrayList<>();
    for (Doc view : Doc.list(ledger.projections().path("items"))) {
      rows.add(new Row(view, report(String.valueOf(view.text("name")))));
    }
    model.addAttribute("views", rows);
    model.addAttribute("rebuilding", rows.stream().anyMatch(Row::isRebuilding));
    model.addAttribute("health", new Doc(ledger.health()));
    return Pages.wantsPart(request) ? "views :: list" : "views";
  }

  private @Nullable Doc report(String view) {
    try {
      return new Doc(ledger.rebuildReport(view));
    } catch (ApiProblem e) {
      if (e.status() == NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  @PostMapping(path = "/console/views/rebuild", produces = MediaType.TEXT_HTML_VALUE)
  String rebuild(@RequestParam String view, @RequestParam String mode) {
    ledger.rebuild(view, mode);
    return "redirect:/console/views";
  }

  @PostMapping(path = "/console/views/cancel", produces = MediaType.TEXT_HTML_VALUE)
  String cancel(@RequestParam String view) {
    ledger.cancelRebuild(view);
    return "redirect:/console/views";
  }

  @GetMapping(path = "/console/gateways", produces = MediaType.TEXT_HTML_VALUE)
  String gateways(HttpServletRequest request, Model model) {
    model.addAttribute("gateways", Doc.list(gateways.gateways()));
    return Pages.wantsPart(request) ? "gateways :: list" : "gateways";
  }
}

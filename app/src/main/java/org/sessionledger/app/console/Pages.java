package org.sessionledger.app.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.sessionledger.app.ProgramVersion;
import org.sessionledger.app.api.GatewayDirectory;
import org.springframework.http.HttpHeaders;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** What every page has. */
@ControllerAdvice(basePackageClasses = Pages.class)
class Pages {

  /** Entries of a list on one page. */
  static final int LIST = 50;

  private static final String VERSION = ProgramVersion.number();

  private final GatewayDirectory gateways;

  Pages(GatewayDirectory gateways) {
    this.gateways = gateways;
  }

  @ModelAttribute
  void common(HttpServletRequest request, HttpServletResponse response, Model model) {
    // What stood in a ledger a moment ago is no answer, and a part of a page is no page.
    response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    model.addAttribute("say", Say.IT);
    model.addAttribute("visitor", Visitor.of(request));
    model.addAttribute("hasGateways", !gateways.gateways().isEmpty());
    model.addAttribute("programVersion", VERSION);
    model.addAttribute("here", request.getRequestURI());
  }

  /** True when a script asks for a part of a page. */
  static boolean wantsPart(HttpServletRequest request) {
    return request.getHeader("HX-Request") != null
        && request.getHeader("HX-History-Restore-Request") == null;
  }
}

package org.sessionledger.app.console;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.Callers;
import org.sessionledger.app.api.LedgerApi;
import org.springframework.ui.Model;

/** How everything about one session begins: it is the caller's, it is there, and this is it now. */
final class SessionHead {

  private final LedgerApi ledger;

  SessionHead(LedgerApi ledger) {
    this.ledger = ledger;
  }

  Doc require(HttpServletRequest request, String key, @Nullable Long minVersion) {
    Callers.requireMine(request, key);
    return new Doc(ledger.session(key, new LedgerApi.Moment(null, null, minVersion)));
  }

  /** The same, for a page. */
  Doc open(HttpServletRequest request, String key, @Nullable Long minVersion, Model model) {
    Doc card = require(request, key, minVersion);
    model.addAttribute("key", key);
    model.addAttribute("card", card);
    return card;
  }

  Doc open(HttpServletRequest request, String key, Model model) {
    return open(request, key, null, model);
  }
}

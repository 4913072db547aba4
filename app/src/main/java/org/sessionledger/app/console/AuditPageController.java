package org.sessionledger.app.console;

import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.replay.ByKey;
import org.sessionledger.core.store.audit.BadBundle;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** What one rotation did, what came too late, and what a store without a fence would have shown. */
@Controller
class AuditPageController {

  /** A history that is longer, in events or in bytes, is for the command line. */
  private static final int BUNDLE_BYTES_MAX = 32 << 20;

  /** Late arrivals that are told one by one. */
  private static final int LATE_MAX = 200;

  /** Arrivals after which a store by key is wrong, that are listed. */
  private static final int WRONG_MAX = 200;

  private static final int NOT_FOUND = 404;

  private final LedgerApi ledger;
  private final SessionHead head;
  private final LongReads longReads;

  AuditPageController(LedgerApi ledger, SessionHead head, LongReads longReads) {
    this.ledger = ledger;
    this.head = head;
    this.longReads = longReads;
  }

  @GetMapping(path = "/console/audit", produces = MediaType.TEXT_HTML_VALUE)
  String audit(
      HttpServletRequest request,
      @RequestParam String key,
      @RequestParam(required = false) @Nullable String generation,
      Model model) {
    head.open(request, key, model);
    model.addAttribute("lateMax", LATE_MAX);
    try (LongReads.Turn turn = longReads.turn()) {
      // It goes through every refusal of the session.
      turn.take();
      model.addAttribute("audit", rotation(key, Numbers.orNull(generation)));
    }
    return "audit";
  }

  /** Null when nothing was rotated yet, which is no failure unless one was asked for. */
  private @Nullable Doc rotation(String key, @Nullable Long generation) {
    try {
      return new Doc(ledger.audit(key, generation, null));
    } catch (ApiProblem e) {
      if (e.status() == NOT_FOUND && generation == null) {
        return null;
      }
      throw e;
    }
  }

  @GetMapping(path = "/console/audit/by-key", produces = MediaType.TEXT_HTML_VALUE)
  String byKey(HttpServletRequest request, @RequestParam String key, Model model)
      throws IOException {
    Doc card = head.open(request, key, model);
    model.addAttribute("report", null);
    try (LongReads.Turn turn = longReads.turn()) {
      turn.take();
      tellByKey(key, card.number("version"), model);
    }
    return Pages.wantsPart(request) ? "by-key :: part" : "by-key";
  }

  private void tellByKey(String key, long version, Model model) throws IOException {
    if (version > StoryReader.ENTRIES_MAX) {
      return;
    }
    Bounded bundle = new Bounded();
    try {
      ledger.bundle(key, bundle);
      ByKey.Report report = ByKey.of(new ByteArrayInputStream(bundle.bytes()), key);
      List<ByKey.Shown> wrong =
          report.items().stream().filter(ByKey.Shown::differs).limit(WRONG_MAX).toList();
      model.addAttribute("report", report);
      model.addAttribute("wrong", wrong);
    } catch (Bounded.TooLong e) {
      // The page says so.
      return;
    } catch (BadBundle e) {
      throw new IllegalStateException("a bundle that was just written is none", e);
    }
  }

  /** Memory that a page may take for it. */
  private static final class Bounded extends OutputStream {

    static final class TooLong extends IOException {
      private static final long serialVersionUID = 1L;
    }

    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    byte[] bytes() {
      return kept.toByteArray();
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (kept.size() + length > BUNDLE_BYTES_MAX) {
        throw new TooLong();
      }
      kept.write(bytes, offset, length);
    }
  }
}

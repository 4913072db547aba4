package org.sessionledger.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.api.ApiProblem;
import org.sessionledger.app.api.Callers;
import org.sessionledger.app.api.LedgerApi;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.ui.ExtendedModelMap;

/** What a page does not do for a history that is too long for it. */
class AuditPageTest {

  private static final int MEGABYTE = 1 << 20;

  private final ExtendedModelMap model = new ExtendedModelMap();
  private int megabytes;

  /** A session of a length, whose bundle never ends. */
  private LedgerApi ledger(long version) {
    return (LedgerApi)
        Proxy.newProxyInstance(
            LedgerApi.class.getClassLoader(),
            new Class<?>[] {LedgerApi.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "session" -> JsonNodeFactory.instance.objectNode().put("version", version);
                  case "bundle" -> endless((OutputStream) arguments[1]);
                  default -> throw new AssertionError(method.getName());
                });
  }

  private Object endless(OutputStream out) throws IOException {
    while (megabytes < 40) {
      out.write(new byte[MEGABYTE]);
      megabytes++;
    }
    throw new AssertionError("nobody stopped it");
  }

  private AuditPageController page(long version, LongReads longReads) {
    LedgerApi ledger = ledger(version);
    return new AuditPageController(ledger, new SessionHead(ledger), longReads);
  }

  private static MockHttpServletRequest request() {
    MockHttpServletRequest request = new MockHttpServletRequest();
    Callers.set(request, Caller.ANYBODY);
    return request;
  }

  @Test
  void of_too_many_events_nothing_is_read() throws IOException {
    page(10_001, new LongReads()).byKey(request(), "k", model);
    assertThat(model).containsEntry("report", null);
    assertThat(megabytes).isZero();
  }

  @Test
  void a_bundle_is_read_up_to_a_limit() throws IOException {
    page(10_000, new LongReads()).byKey(request(), "k", model);
    assertThat(model).containsEntry("report", null);
    assertThat(megabytes).isEqualTo(32);
  }

  @Test
  void few_are_read_at_a_time() {
    AuditPageController busy = page(5, new LongReads(0, Duration.ofMillis(1)));
    assertThatThrownBy(() -> busy.byKey(request(), "k", model))
        .isInstanceOfSatisfying(ApiProblem.class, e -> assertThat(e.status()).isEqualTo(503));
    assertThatThrownBy(() -> busy.audit(request(), "k", null, model))
        .isInstanceOfSatisfying(ApiProblem.class, e -> assertThat(e.status()).isEqualTo(503));
  }
}

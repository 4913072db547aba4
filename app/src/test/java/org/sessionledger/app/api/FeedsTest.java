package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.servlet.AsyncContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.projections.kit.TestDatabase;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** When a feed takes no reader. */
class FeedsTest {

  private final HikariDataSource dataSource = TestDatabase.H2.create();
  private final Ledger ledger = Ledger.open(dataSource);
  private final MockHttpServletResponse response = new MockHttpServletResponse();

  @AfterEach
  void close() {
    ledger.close();
    dataSource.close();
  }

  private static MockHttpServletRequest request() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.setAsyncSupported(true);
    request.setAttribute(HangUp.RESPONSE, new org.apache.coyote.Response());
    return request;
  }

  private static void later(String type, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ApiProblem.class,
            problem -> {
              assertThat(problem.status()).isEqualTo(503);
              assertThat(problem.document().path("type").asText())
                  .isEqualTo("urn:session-ledger:" + type);
            });
  }

  @Test
  void one_reader_more_than_there_may_be_is_told_to_come_later() {
    Feeds full = new Feeds(ledger, 0);
    full.start();
    try {
      later("too-many-readers", () -> full.sessions(request(), response));
      later("too-many-readers", () -> full.refusals(request(), response));
    } finally {
      full.stop();
    }
  }

  @Test
  void a_server_that_ends_takes_none() {
    Feeds feeds = new Feeds(ledger, 1);
    feeds.start();
    feeds.stop();
    later("unavailable", () -> feeds.sessions(request(), response));
    later("unavailable", () -> feeds.refusals(request(), response));
  }

  @Test
  void a_server_that_ends_at_that_moment_ends_the_request_too() throws Exception {
    Feeds feeds = new Feeds(ledger, 1);
    feeds.start();
    AtomicBoolean began = new AtomicBoolean();
    MockHttpServletRequest request =
        new MockHttpServletRequest("GET", "/") {
          @Override
          public AsyncContext startAsync() {
            feeds.stop();
            began.set(true);
            return super.startAsync(this, response);
          }
        };
    request.setAsyncSupported(true);
    request.setAttribute(HangUp.RESPONSE, new org.apache.coyote.Response());

    feeds.sessions(request, response);

    assertThat(began).isTrue();
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(request.isAsyncStarted()).as("it is over").isFalse();
  }
}

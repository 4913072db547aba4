package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.servlet.AsyncContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.Tokens;
import org.sessionledger.app.feed.FeedSource;
import org.sessionledger.app.feed.Window;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.projections.kit.TestDatabase;
import org.sessionledger.projections.kit.TestLedger;
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

  private Feeds feeds(int readersMax) {
    return new Feeds(ledger, new Tokens(dataSource), readersMax);
  }

  private static MockHttpServletRequest request() {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.setAsyncSupported(true);
    request.setAttribute(HangUp.RESPONSE, new org.apache.coyote.Response());
    Callers.set(request, Caller.ANYBODY);
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
    Feeds full = feeds(0);
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
    Feeds feeds = feeds(1);
    feeds.start();
    feeds.stop();
    later("unavailable", () -> feeds.sessions(request(), response));
    later("unavailable", () -> feeds.refusals(request(), response));
  }

  @Test
  void a_server_that_ends_at_that_moment_ends_the_request_too() throws Exception {
    Feeds feeds = feeds(1);
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
    Callers.set(request, Caller.ANYBODY);

    feeds.sessions(request, response);

    assertThat(began).isTrue();
    assertThat(response.getStatus()).isEqualTo(503);
    assertThat(request.isAsyncStarted()).as("it is over").isFalse();
    assertThat(request.getAsyncContext().getTimeout()).as("no reader's time runs out").isZero();
  }

  @Test
  void a_page_that_is_full_tells_of_no_more_than_it_has() {
    List<CompletableFuture<?>> sent = new ArrayList<>();
    for (int n = 0; n < 300; n++) {
      sent.add(ledger.submit(arrival(TestLedger.open(new SessionKey("s" + n), "s-1"))));
      sent.add(
          ledger.submit(arrival(TestLedger.complete(new SessionKey("none" + n), "s-1", "r-" + n))));
    }
    sent.forEach(CompletableFuture::join);

    for (FeedSource source : List.of(new SessionFeed(ledger), new RefusalFeed(ledger))) {
      long newest = source.newestStored();
      long position = 0;
      int pages = 0;
      int messages = 0;
      while (position < newest) {
        Window page = source.read(position, newest);
        messages += page.messages().size();
        assertThat(page.after()).isEqualTo(position);
        position = page.upTo();
        pages++;
      }
      assertThat(messages).as("%s", source.name()).isEqualTo(300);
      assertThat(pages).isGreaterThan(1);
    }
  }

  private static Arrival arrival(SessionCommand command) {
    return Arrival.of(Ledger.newCommandId(), command, Provenance.NONE);
  }
}

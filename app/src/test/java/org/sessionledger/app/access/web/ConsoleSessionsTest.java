package org.sessionledger.app.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.sessionledger.app.access.Caller;
import org.sessionledger.app.access.Role;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;

/** How many sessions are kept; what a browser sees of it is SignInTest's. */
class ConsoleSessionsTest {

  private final ConsoleSessions sessions = new ConsoleSessions(3);

  private MockHttpSession signIn(String token) {
    MockHttpServletRequest request = new MockHttpServletRequest();
    sessions.onAuthentication(
        new CallerAuthentication(new Caller(token, "n", Role.READER, null, null)),
        request,
        new MockHttpServletResponse());
    return (MockHttpSession) request.getSession();
  }

  @Test
  void of_all_there_are_so_many_and_then_the_oldest_goes() {
    MockHttpSession first = signIn("1");
    MockHttpSession second = signIn("2");
    MockHttpSession third = signIn("3");
    assertThat(first.isInvalid()).isFalse();
    signIn("4");
    assertThat(first.isInvalid()).isTrue();
    assertThat(second.isInvalid()).isFalse();
    assertThat(sessions.size()).isEqualTo(3);
    third.invalidate();
    signIn("5");
    assertThat(second.isInvalid()).as("one that ended made room").isFalse();
  }

  @Test
  void a_revoked_token_takes_its_sessions_along_and_no_others() {
    MockHttpSession revoked = signIn("1");
    MockHttpSession other = signIn("2");
    sessions.endThoseOf("1");
    assertThat(revoked.isInvalid()).isTrue();
    assertThat(other.isInvalid()).isFalse();
    assertThat(sessions.size()).isEqualTo(1);
  }
}

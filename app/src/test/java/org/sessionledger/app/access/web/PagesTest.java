package org.sessionledger.app.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.access.NewToken;
import org.sessionledger.app.access.Role;
import org.sessionledger.app.api.LedgerApi;

/** What the console offers to whom; who may what is RoutesTest's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesTest {

  private Door door;

  @BeforeAll
  void start(@TempDir Path folder) {
    door = Door.open(folder, Door.TOKENS);
    for (String key : new String[] {"mine:1", "theirs:1"}) {
      door.server.api().decide("{\"type\":\"OpenSession\",\"sessionKey\":\"" + key + "\"}");
      door.server.api().session(key, new LedgerApi.Moment(null, null, 1L));
    }
    door.server.api().decide("{\"type\":\"AbortRun\",\"sessionKey\":\"theirs:1\",\"runId\":\"x\"}");
  }

  @AfterAll
  void stop() {
    door.close();
  }

  private Door.Session signIn(Role role, String name, String prefix) {
    return door.signIn(door.tokens().create(new NewToken(role, name, prefix, null), null).secret());
  }

  private HttpResponse<String> page(Door.Session session, String path) {
    HttpResponse<String> page = door.get(path, "Cookie", session.cookies(), "Accept", "text/html");
    assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
    return page;
  }

  @Test
  void a_reader_looks_and_is_offered_no_order() {
    Door.Session reader = signIn(Role.READER, "rita", null);
    HttpResponse<String> page = page(reader, "/console/session?key=mine:1");
    assertThat(page.body()).contains("rita", "Sign out").doesNotContain("Reset…");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("script-src 'self'", "style-src 'self'")
        .doesNotContain("unsafe");
    assertThat(page(reader, "/console/views").body())
        .doesNotContain("<button type=\"submit\" name=");
  }

  @Test
  void the_actor_of_an_order_is_who_signed_in_whatever_the_form_says() {
    Door.Session operator = signIn(Role.OPERATOR, "olga", null);
    HttpResponse<String> form = page(operator, "/console/act?key=mine:1&action=reset");
    assertThat(form.body()).doesNotContain("name=\"actor\"").contains("name=\"_csrf\"");
    String fields =
        "&key=mine:1&action=reset&commandId=c-1&expectedGeneration=1&reason=stuck&actor=mallory";
    assertThat(door.submit("/console/act/check", operator, fields).body())
        .contains("It would be accepted.");
    assertThat(door.submit("/console/act/do", operator, fields).body()).contains("Done.");
    JsonNode reset = door.server.api().audit("mine:1", null, 2L).path("rotation");
    assertThat(reset.path("actor").asText()).isEqualTo("olga");
  }

  @Test
  void a_prefix_hides_other_keys_and_all_totals() {
    Door.Session limited = signIn(Role.ADMIN, "lena", "mine:");
    assertThat(page(limited, "/").body())
        .contains("mine:1")
        .doesNotContain("theirs", "class=\"totals\"", "/console/views");
    assertThat(page(limited, "/console/refusals").body())
        .doesNotContain("theirs", "refused in all");
    HttpResponse<String> foreign =
        door.get(
            "/console/session?key=theirs:1", "Cookie", limited.cookies(), "Accept", "text/html");
    assertThat(foreign.statusCode()).isEqualTo(403);
    assertThat(foreign.body()).contains("<h1>The token does not allow this</h1>");
    assertThat(foreign.headers().firstValue("Content-Security-Policy")).isPresent();
    String move =
        "&key=mine:1&action=migrate&commandId=c-2&expectedGeneration=1&reason=x&newSessionKey=theirs:2";
    assertThat(door.submit("/console/act/do", limited, move).statusCode()).isEqualTo(403);
  }
}

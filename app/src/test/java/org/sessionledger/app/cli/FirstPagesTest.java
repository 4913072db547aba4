package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.access.AccessOptions;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;

class FirstPagesTest {

  @Test
  void the_first_pages_are_answered_and_nothing_is_written(@TempDir Path folder) throws Exception {
    LedgerServer server =
        LedgerServer.start(
            new LedgerServer.Options(
                LedgerServer.Options.LOOPBACK,
                0,
                new LedgerStorage.Folder(folder),
                Duration.ZERO,
                List.of(),
                new AccessOptions(true, 0, null),
                null));
    try (server) {
      assertThat(new FirstPages(server).ask()).containsExactly(200, 200);
      server.api().decide("{\"type\":\"OpenSession\",\"sessionKey\":\"agent:main <b>\"}");
      LedgerApi.Page one = new LedgerApi.Page(1, null);
      server.api().session("agent:main <b>", new LedgerApi.Moment(null, null, 1L));
      server.api().timeline("agent:main <b>", 1L, one);
      JsonNode before = server.api().stats();
      JsonNode tokens = server.api().tokens();
      assertThat(new FirstPages(server).ask()).containsExactly(200, 200, 200);
      assertThat(server.api().stats()).isEqualTo(before);
      assertThat(server.api().tokens()).isEqualTo(tokens);
    }
  }

  @Test
  void a_server_that_is_gone_is_no_trouble(@TempDir Path folder) throws Exception {
    LedgerServer server =
        LedgerServer.start(LedgerServer.Options.local(0, new LedgerStorage.Folder(folder)));
    int port = server.port();
    assertThat(port).isPositive();
    server.close();
    AtomicReference<Throwable> trouble = new AtomicReference<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> trouble.set(e));
    try {
      FirstPages.of(server).join();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(trouble).hasNullValue();
  }
}

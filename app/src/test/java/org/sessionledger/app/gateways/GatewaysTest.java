package org.sessionledger.app.gateways;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.LedgerServer;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.openclaw.ScriptedGateway;
import org.sessionledger.app.openclaw.follow.FollowOptions;

/** A server that follows gateways: one that works, and others beside it that do not. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GatewaysTest {

  @TempDir private Path folder;

  private LedgerServer serve(ScriptedGateway... gateways) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), ScriptedGateway.TOKEN);
    List<Gateway> named =
        java.util.stream.IntStream.range(0, gateways.length)
            .mapToObj(
                i ->
                    new Gateway(
                        "g-" + i,
                        gateways[i].uri(),
                        i == 0 ? token : folder.resolve("absent"),
                        i == 0 ? folder.resolve("raw") : null))
            .toList();
    return LedgerServer.start(
        new LedgerServer.Options(
            LedgerServer.Options.LOOPBACK,
            0,
            new LedgerStorage.Folder(folder.resolve("ledger")),
            Duration.ZERO,
            named));
  }

  private static JsonNode awaitGateway(LedgerServer server, int i, Predicate<JsonNode> until) {
    GatewayBoard board = server.bean(GatewayBoard.class);
    // A lost socket is noticed by its silence at the latest.
    return await()
        .atMost(FollowOptions.Patience.USUAL.silence().plusSeconds(30))
        .until(() -> board.gateways().get(i), until);
  }

  @Test
  void what_a_gateway_sends_is_decided_and_how_it_does_is_told() throws Exception {
    CountDownLatch again = new CountDownLatch(1);
    try (ScriptedGateway gateway =
            new ScriptedGateway(
                peer -> {
                  peer.greet();
                  peer.event("agent", run("r", "start", 1));
                  peer.drop();
                },
                peer -> {
                  peer.greet();
                  peer.event("agent", run("q", "end", 2));
                  again.countDown();
                  peer.awaitEnd();
                });
        ScriptedGateway unused = new ScriptedGateway(peer -> peer.greet());
        LedgerServer server = serve(gateway, unused)) {
      JsonNode following =
          awaitGateway(
              server, 0, g -> g.path("gaps").asInt() == 1 && g.path("accepted").asInt() == 5);
      assertThat(following.path("name").asText()).isEqualTo("g-0");
      assertThat(following.path("connection").asText()).isEqualTo("following");
      assertThat(following.path("connections").asInt()).isEqualTo(2);
      assertThat(following.path("version").asText()).isEqualTo("2026.9.6");
      assertThat(following.at("/lastGap/sessions").asInt()).isEqualTo(1);
      assertThat(following.path("frames").asInt()).isGreaterThan(7);
      JsonNode session = server.api().session("k", new LedgerApi.Moment(null, null, 5L));
      assertThat(session.path("activeRuns").asInt()).isEqualTo(1);

      JsonNode failed =
          awaitGateway(server, 1, g -> g.path("connection").asText().equals("failed"));
      assertThat(failed.path("trouble").asText()).contains("absent cannot be read");
      assertThat(unused.requests).isEmpty();
      // With the server the following ends, and not a minute later.
    }
    assertThat(folder.resolve("ledger/gateways")).isNotEmptyDirectory();
    assertThat(folder.resolve("raw")).isNotEmptyDirectory();
  }

  private static Map<String, Object> run(String run, String phase, int seq) {
    return Map.of(
        "runId",
        run,
        "stream",
        "lifecycle",
        "sessionKey",
        "k",
        "sessionId",
        "s-1",
        "seq",
        seq,
        "ts",
        1_000 + seq,
        "data",
        Map.of("phase", phase));
  }
}

package org.sessionledger.app.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.api.CommandContractTest.problem;

import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Large bodies share a part of the heap. */
class BodyRoomTest extends ServerTest {

  @Test
  void while_others_have_all_the_room_large_bodies_hear_503_and_small_ones_are_decided() {
    String key = freshKey();
    client.open(key, "s-1");
    String large = failure(key, "m".repeat(BodyRoom.FREE_BYTES));
    try (BodyRoom.Share others = server.bean(BodyRoom.class).new Share()) {
      others.take(BodyRoom.bytesIn(Runtime.getRuntime().maxMemory()));
      Stream.of("application/json", "application/x-ndjson")
          .flatMap(
              type ->
                  Stream.of(
                      CompletableFuture.supplyAsync(
                          () -> client.post(type, BodyPublishers.ofString(large))),
                      CompletableFuture.supplyAsync(
                          () -> client.post(type, BodyPublishers.ofInputStream(() -> in(large))))))
          .toList()
          .stream()
          .map(CompletableFuture::join)
          .forEach(
              answer -> {
                problem(answer, 503, "unavailable");
                assertThat(answer.header("Retry-After")).isEqualTo("1");
              });
      assertThat(client.command(failure(key, "short")).status()).isEqualTo(409);
      assertThat(client.batch(failure(key, "short")).status()).isEqualTo(200);
    }
    assertThat(client.stats().path("rejected").asLong()).isEqualTo(2);
    // Answered bodies give their room back, the refused ones too.
    for (int i = 0; i < 3; i++) {
      assertThat(client.command(large).status()).isEqualTo(409);
      assertThat(client.post("application/x-ndjson", BodyPublishers.ofInputStream(() -> in(large))))
          .matches(answer -> answer.status() == 200);
    }
    try (BodyRoom.Share all = server.bean(BodyRoom.class).new Share()) {
      all.take(BodyRoom.bytesIn(Runtime.getRuntime().maxMemory()));
    }
  }

  private static ByteArrayInputStream in(String body) {
    return new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8));
  }

  private static String failure(String key, String message) {
    return """
        {"type":"FailRun","sessionKey":"%s","sessionId":"s-1","runId":"nobody","errorMessage":"%s"}"""
        .formatted(key, message);
  }
}

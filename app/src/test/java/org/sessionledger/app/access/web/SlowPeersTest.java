package org.sessionledger.app.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.access.Role;

/**
 * Whoever announces bodies and sends none, or asks and does not read, keeps nobody else waiting.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SlowPeersTest {

  /** More than twice as many as the web server has threads. */
  private static final int SENDERS = 500;

  /** Far less than one of them may take. */
  private static final Duration SOON = Duration.ofSeconds(2);

  private Door door;
  private final List<Socket> senders = new ArrayList<>();

  @BeforeAll
  void start(@TempDir Path folder) {
    door = Door.open(folder, Door.TOKENS);
  }

  @AfterAll
  void stop() {
    door.close();
  }

  @AfterEach
  void hangUp() throws IOException {
    for (Socket sender : senders) {
      sender.close();
    }
    senders.clear();
  }

  private void announce(String request, String... headers) throws IOException {
    URI server = door.server.uri();
    String sent =
        request
            + " HTTP/1.1\r\nHost: x\r\nContent-Length: 30000\r\n"
            + String.join("\r\n", headers)
            + "\r\n\r\n";
    for (int i = 0; i < SENDERS; i++) {
      Socket sender = new Socket(server.getHost(), server.getPort());
      senders.add(sender);
      sender.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Far more of it than two operating systems keep for somebody. */
  private void askWithoutReading(String path, String... headers) throws IOException {
    URI server = door.server.uri();
    String one =
        "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
    byte[] sent = one.repeat(200).getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < SENDERS; i++) {
      Socket sender = new Socket();
      sender.setReceiveBufferSize(2_048);
      sender.connect(new InetSocketAddress(server.getHost(), server.getPort()));
      senders.add(sender);
      sender.getOutputStream().write(sent);
    }
  }

  private void othersAreAnsweredSoon() {
    String reader = door.token(Role.READER);
    long since = System.nanoTime();
    assertThat(door.get("/v1/sessions", "Authorization", "Bearer " + reader).statusCode())
        .isEqualTo(200);
    assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(SOON);
  }

  @Test
  void strangers() throws IOException {
    announce("POST /v1/commands", "Content-Type: application/json");
    othersAreAnsweredSoon();
  }

  @Test
  void strangers_with_forms() throws IOException {
    announce("POST " + SignIn.PATH, "Content-Type: application/x-www-form-urlencoded");
    othersAreAnsweredSoon();
  }

  @Test
  void a_runtime() throws IOException {
    announce(
        "POST /v1/commands",
        "Content-Type: application/json",
        "Authorization: Bearer " + door.token(Role.RUNTIME));
    othersAreAnsweredSoon();
  }

  @Test
  void a_reader_whose_body_nobody_asked_for() throws IOException {
    announce("GET /v1/openapi.json", "Authorization: Bearer " + door.token(Role.READER));
    othersAreAnsweredSoon();
  }

  @Test
  void strangers_who_do_not_read() throws IOException {
    askWithoutReading("/assets/htmx.min.js");
    othersAreAnsweredSoon();
  }

  @Test
  void a_reader_who_does_not_read() throws IOException {
    askWithoutReading("/v1/openapi.json", "Authorization: Bearer " + door.token(Role.READER));
    othersAreAnsweredSoon();
  }
}

package org.sessionledger.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sessionledger.app.api.LedgerStorage;

/** A server in a process of its own, asked over real sockets, beside the ledger in process. */
final class OverHttp implements Part {

  static final String IN_PROCESS = "in process, 256 in flight, beside HTTP";
  static final String SINGLE_64 = "HTTP, single commands, 64 connections";
  static final String BATCHES = "HTTP, NDJSON of 1,000 lines, 4 connections";

  private static final int LINES = 1_000;
  private static final String ACCEPTED = "\"verdict\":\"accepted\"";

  @Override
  public String name() {
    return "http";
  }

  @Override
  public void run(Database database, Options options, Report report) throws Exception {
    Work work = new Work("http", Options.SESSIONS);
    Work local = new Work("local", Options.SESSIONS);
    Home home = database.fresh("beside");
    try (ServerProcess server = ServerProcess.start(options, database.fresh("server").storage());
        LedgerStorage.OpenLedger open = home.open()) {
      Opening.all(open.ledger(), local);
      open(server, work);
      new Turns(options)
          .with(IN_PROCESS, () -> InFlight.of(open.ledger(), local))
          .with("HTTP, single commands, 1 connection", () -> singles(server, work, 1))
          .with("HTTP, single commands, 8 connections", () -> singles(server, work, 8))
          .with(SINGLE_64, () -> singles(server, work, 64))
          .with("HTTP, NDJSON of 1,000 lines, 1 connection", () -> batches(server, work, 1))
          .with(BATCHES, () -> batches(server, work, 4))
          .run()
          .forEach(
              (name, windows) -> {
                report.rate(database, name, windows);
                if (name.contains("single")) {
                  report.latency(database, name, 0.5, windows);
                  report.latency(database, name, 0.99, windows);
                }
              });
    }
  }

  static void open(ServerProcess server, Work work) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int session = 0; session < work.sessions(); session++) {
      lines.add(
          "{\"type\":\"OpenSession\",\"sessionKey\":\"%s\",\"sessionId\":\"%s\"}"
              .formatted(work.key(session), Work.sessionId(session)));
    }
    work.headStart().stream().map(OverHttp::json).forEach(lines::add);
    try (HttpConnection connection = new HttpConnection(server.uri())) {
      for (int first = 0; first < lines.size(); first += LINES) {
        List<String> batch = lines.subList(first, Math.min(first + LINES, lines.size()));
        requireAccepted(
            connection.post("application/x-ndjson", String.join("\n", batch)), batch.size());
      }
    }
  }

  private static Competitor singles(ServerProcess server, Work work, int connections)
      throws Exception {
    return viewed(
        server,
        new Clients(
            connections,
            () ->
                new Client(server) {
                  @Override
                  public boolean send() throws IOException {
                    requireAccepted(connection.post("application/json", json(work.step())), 1);
                    return true;
                  }
                }),
        1);
  }

  private static Competitor batches(ServerProcess server, Work work, int connections)
      throws Exception {
    return viewed(
        server,
        new Clients(
            connections,
            () ->
                new Client(server) {
                  @Override
                  public boolean send() throws IOException {
                    requireAccepted(connection.post("application/x-ndjson", batch(work)), LINES);
                    return true;
                  }
                }),
        LINES);
  }

  /** Steps of a batch follow each other, whoever else takes steps. */
  private static String batch(Work work) {
    synchronized (work) {
      return Stream.generate(work::step)
          .limit(LINES)
          .map(OverHttp::json)
          .collect(Collectors.joining("\n"));
    }
  }

  private abstract static class Client implements Clients.Client {

    final HttpConnection connection;

    Client(ServerProcess server) {
      connection = new HttpConnection(server.uri());
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  /** What the views still have to do must not disturb the next one. */
  private static Competitor viewed(ServerProcess server, Clients clients, int perRequest) {
    return new Competitor() {
      @Override
      public Window run(Duration window) throws Exception {
        Window done = clients.run(window);
        server.awaitViews();
        return new Window(done.commands() * perRequest, done.nanos(), done.latencies());
      }

      @Override
      public void close() throws Exception {
        clients.close();
      }
    };
  }

  static String json(Work.Step step) {
    String type =
        switch (step.kind()) {
          case START -> "StartRun";
          case PROGRESS -> "ReportProgress";
          case COMPLETE -> "CompleteRun";
        };
    String more =
        step.kind() == Work.Kind.PROGRESS
            ? ",\"note\":\"" + step.note() + "\",\"tokens\":" + step.number()
            : "";
    return "{\"type\":\"%s\",\"commandId\":\"%s\",\"sessionKey\":\"%s\",\"sessionId\":\"%s\",\"runId\":\"%s\"%s,\"source\":{\"component\":\"gateway\",\"instance\":\"gw-1\"}}"
        .formatted(type, Work.newId().value(), step.key(), step.sessionId(), step.runId(), more);
  }

  static void requireAccepted(String answer, int expected) {
    int accepted = 0;
    for (int at = answer.indexOf(ACCEPTED); at >= 0; at = answer.indexOf(ACCEPTED, at + 1)) {
      accepted++;
    }
    if (accepted != expected) {
      throw new IllegalStateException(accepted + " of " + expected + " were accepted: " + answer);
    }
  }
}

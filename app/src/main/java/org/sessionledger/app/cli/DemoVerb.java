package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.Recording;
import org.sessionledger.app.openclaw.RecordingReplay;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.ReplayListener;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.app.openclaw.Translated;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.SessionCommand;
import picocli.CommandLine.Command;

/** The race, from a real gateway's frames. */
@Command(
    name = "demo",
    header = "Watch a recorded race being refused, in a few seconds.%n",
    description =
        "Replay a recorded race of an OpenClaw gateway: a run's failure is written onto the session"
            + " that replaced it. See each arrival with its verdict, the session as the gateway"
            + " showed it beside the session as the ledger has it, and the audit of the reset. The"
            + " ledger is a temporary one unless --data says where to keep it.",
    footer = {"", "Examples:", "  ${COMMAND-FULL-NAME}", "  ${COMMAND-FULL-NAME} --data demo-data"},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {Exit.DONE_HELP, Exit.FAILED_HELP, Exit.WRONG_USAGE_HELP})
final class DemoVerb extends LedgerVerb {

  DemoVerb(Terminal terminal) {
    super(terminal);
  }

  /**
   * One command of the recording, decided.
   *
   * @param afterMilliseconds since the recording's first frame
   */
  record Arrived(Translated command, Ruling ruling, long afterMilliseconds) {}

  /**
   * All that there is to tell.
   *
   * @param replay with the one session that the recording is about
   * @param refusals the refusals among the arrivals, explained, in their order
   */
  record Story(
      String sessionKey,
      List<Arrived> arrivals,
      Replay replay,
      JsonNode session,
      JsonNode audit,
      List<JsonNode> refusals) {}

  @Override
  int run() throws Exception {
    storage();
    if (saysWhere()) {
      return super.run();
    }
    Path temporary = Files.createTempDirectory("session-ledger-demo-");
    try (LedgerDoor.Opened ledger = LedgerDoor.open(new LedgerStorage.Folder(temporary))) {
      return run(ledger.api());
    } finally {
      delete(temporary);
    }
  }

  @Override
  int run(LedgerApi api) throws IOException {
    Story story = play(api);
    if (json()) {
      print(json(story));
    } else {
      new DemoTale(terminal(), whereOptions()).tell(story);
    }
    return Exit.DONE;
  }

  static Story play(LedgerApi api) throws IOException {
    Recording recording = Recording.demo();
    List<Long> times = FrameTimes.of(recording);
    List<Arrived> arrivals = new ArrayList<>();
    ReplayListener noting =
        new ReplayListener() {
          @Override
          public void decided(Translated command, Ruling ruling) {
            long at = times.get((int) command.place().line() - 1);
            arrivals.add(new Arrived(command, ruling, at - times.get(0)));
          }
        };
    Replay replay = RecordingReplay.replay(List.of(recording), new ApiDecider(api), noting);
    String key = replay.sessions().get(0).sessionKey();
    // The views may not have seen what was decided a moment ago.
    long version = arrivals.stream().mapToLong(a -> a.ruling().version()).max().orElse(0);
    List<JsonNode> refusals =
        arrivals.stream()
            .map(arrived -> arrived.ruling().decisionId())
            .flatMap(Stream::ofNullable)
            .map(api::decision)
            .toList();
    return new Story(
        key,
        arrivals,
        replay,
        api.session(key, new LedgerApi.Moment(null, null, version)),
        api.audit(key, null, version),
        refusals);
  }

  private static JsonNode json(Story story) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode arrivals = document.putArray("decided");
    for (Arrived arrived : story.arrivals()) {
      SessionCommand command = arrived.command().arrival().command();
      ObjectNode node = arrivals.addObject();
      node.put("line", arrived.command().place().line());
      node.put("afterMilliseconds", arrived.afterMilliseconds());
      node.put("type", command.type());
      if (command instanceof SessionCommand.OfRun run) {
        node.put("runId", run.runId().value());
      }
      node.put("verdict", arrived.ruling().verdict().code());
      node.put("generation", arrived.ruling().generation());
      if (arrived.ruling().reason() != null) {
        node.put("reason", arrived.ruling().reason());
        node.put("decisionId", arrived.ruling().decisionId());
      }
    }
    document.set("replay", Json.mapper().valueToTree(story.replay()));
    document.set("session", story.session());
    document.set("audit", story.audit());
    return document;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}

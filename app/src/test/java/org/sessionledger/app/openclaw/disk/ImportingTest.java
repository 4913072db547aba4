package org.sessionledger.app.openclaw.disk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.app.api.EmbeddedLedgerApi;
import org.sessionledger.app.api.LedgerApi;
import org.sessionledger.app.api.LedgerStorage;
import org.sessionledger.app.openclaw.ApiDecider;
import org.sessionledger.app.openclaw.Decider;
import org.sessionledger.app.openclaw.Replay;
import org.sessionledger.app.openclaw.Ruling;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Durability;
import org.sessionledger.core.session.Arrival;

/** Imports into one real ledger; each test has keys of its own. */
abstract class ImportingTest {

  /** Some instant, in milliseconds. */
  static final long T = 1_795_413_850_000L;

  @TempDir private static Path ledgerFolder;
  static LedgerApi api;

  @BeforeAll
  static void openLedger() {
    api =
        EmbeddedLedgerApi.open(
            new LedgerStorage.Folder(ledgerFolder.resolve("ledger"), Durability.PROCESS_CRASH));
  }

  @AfterAll
  static void closeLedger() {
    api.close();
  }

  static Decider decider() {
    return new ApiDecider(api);
  }

  static Import importing(Path state) throws IOException {
    List<String> before = content(state);
    Import done = StoreImport.run(state, null, decider(), new ApiKnown(api), ImportListener.NONE);
    List<String> after = content(state);
    if (!before.equals(after)) {
      throw new AssertionError("the folder was changed: " + before + " became " + after);
    }
    return done;
  }

  /** Imports, and is killed when so many commands were decided. */
  static void importingUpTo(int commands, Path state) throws IOException {
    int[] left = {commands};
    Decider dying =
        new Decider() {
          @Override
          public List<Ruling> decide(List<Arrival> arrivals) {
            if (arrivals.stream().allMatch(Arrival::dryRun)) {
              return decider().decide(arrivals);
            }
            int taken = Math.min(left[0], arrivals.size());
            left[0] -= taken;
            List<Ruling> rulings = decider().decide(arrivals.subList(0, taken));
            if (taken < arrivals.size()) {
              throw new CancellationException("killed");
            }
            return rulings;
          }

          @Override
          public Optional<Replay.LedgerSession> session(SessionKey key, long minVersion) {
            return decider().session(key, minVersion);
          }
        };
    try {
      StoreImport.run(state, null, dying, new ApiKnown(api), ImportListener.NONE);
    } catch (CancellationException e) {
      assertThat(e).hasMessage("killed");
    }
  }

  static List<String> content(Path state) throws IOException {
    TreeMap<String, String> content = new TreeMap<>();
    try (Stream<Path> all = Files.walk(state, new FileVisitOption[0])) {
      for (Path path : all.toList()) {
        boolean file = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        content.put(
            path.toString(),
            file ? Integer.toString(Arrays.hashCode(Files.readAllBytes(path))) : "");
      }
    }
    return content.entrySet().stream().map(Object::toString).toList();
  }

  /** The generations of a session, as {@code number sessionId begunBy}. */
  static List<String> generations(String key) {
    List<String> told = new ArrayList<>();
    for (JsonNode g : api.generations(key, version(key), page()).path("items")) {
      told.add(
          g.path("generation").asText()
              + " "
              + g.path("sessionId").asText()
              + " "
              + g.path("startedBy").path("type").asText());
    }
    return told;
  }

  /** The runs of a session, as {@code run#attempt generation status}. */
  static List<String> runs(String key) {
    List<String> told = new ArrayList<>();
    for (JsonNode r : api.runs(key, version(key), page()).path("items")) {
      told.add(
          r.path("runId").asText()
              + "#"
              + r.path("attempt").asText()
              + " "
              + r.path("generation").asText()
              + " "
              + r.path("status").asText());
    }
    return told;
  }

  static JsonNode timeline(String key) {
    return api.timeline(key, version(key), page()).path("items");
  }

  static String status(String key) {
    return api.session(key, LedgerApi.Moment.NOW).path("status").asText();
  }

  private static Long version(String key) {
    return api.session(key, LedgerApi.Moment.NOW).path("version").asLong();
  }

  private static LedgerApi.Page page() {
    return new LedgerApi.Page(1_000, null);
  }
}

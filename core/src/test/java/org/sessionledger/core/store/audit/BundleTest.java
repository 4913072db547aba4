package org.sessionledger.core.store.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.sessionledger.core.testing.Order.fail;
import static org.sessionledger.core.testing.Order.open;
import static org.sessionledger.core.testing.Order.order;
import static org.sessionledger.core.testing.Order.progress;
import static org.sessionledger.core.testing.Order.reset;
import static org.sessionledger.core.testing.Order.start;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.testing.Databases;
import org.sessionledger.core.testing.FreshDatabase;
import org.sessionledger.core.testing.OnBothDatabases;

/**
 * A bundle has everything in the order in which it was decided, and nobody changes it unnoticed.
 */
class BundleTest {

  @TempDir Path folder;

  @OnBothDatabases
  void it_tells_arrivals_in_the_order_in_which_they_were_decided(Databases on) throws Exception {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      String bundle = story(ledger);
      assertThat(bundle.lines().map(BundleTest::told))
          .containsExactly(
              "org.sessionledger.bundle.header",
              "org.sessionledger.decision.rejected ReportProgress unknown-session",
              "org.sessionledger.event.SessionOpened",
              "org.sessionledger.event.RunStarted",
              "org.sessionledger.decision.duplicate OpenSession",
              "org.sessionledger.event.SessionReset",
              "org.sessionledger.decision.rejected FailRun run-superseded",
              "org.sessionledger.event.RunStarted",
              "org.sessionledger.decision.repeated FailRun run-superseded",
              "org.sessionledger.bundle.trailer");
      assertThat(bundle.lines())
          .allSatisfy(
              line -> {
                JsonNode event = Json.tree(line);
                assertThat(event.path("specversion").asText()).isEqualTo("1.0");
                assertThat(event.path("subject").asText()).isEqualTo("k ü/😀");
                assertThat(event.path("source").asText()).startsWith("urn:session-ledger:ledger:");
              });
      JsonNode refusal = Json.tree(bundle.lines().toList().get(6)).path("data");
      assertThat(refusal.path("count").asInt()).isEqualTo(3);
      assertThat(refusal.at("/command/errorMessage").asText()).isEqualTo("first");
      JsonNode last = Json.tree(bundle.lines().toList().get(8)).path("data");
      assertThat(last.at("/command/errorMessage").asText()).isEqualTo("third");

      List<BundleItem> items = new ArrayList<>();
      BundleReader.Contents contents = read(bundle, items::add);
      assertThat(contents.events()).isEqualTo(4);
      assertThat(contents.decisions()).isEqualTo(3);
      assertThat(items).hasSize(8);
    }
  }

  @OnBothDatabases
  void pages_join_without_a_seam(Databases on) throws Exception {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      open("k", "s-1").to(ledger);
      start("k", "s-1", "r").to(ledger);
      for (int i = 0; i < 450; i++) {
        progress("k", "r").submitTo(ledger);
        progress("k", "late-" + i / 2).submitTo(ledger);
      }
      progress("k", "r").to(ledger);
      List<BundleItem> items = new ArrayList<>();
      BundleReader.Contents contents = read(bundle(ledger, "k"), items::add);
      assertThat(contents.events()).isEqualTo(453);
      assertThat(contents.decisions()).isEqualTo(225);
      assertThat(items).hasSize(453 + 2 * 225);
    }
  }

  @OnBothDatabases
  void a_key_that_only_refusals_name_has_a_bundle_and_an_unknown_one_has_none(Databases on)
      throws Exception {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      assertThat(BundleWriter.of(ledger.dataSource(), new SessionKey("k"))).isEmpty();
      progress("k", "r").to(ledger);
      assertThat(read(bundle(ledger, "k"), BundleReader.Taker.NOBODY).decisions()).isEqualTo(1);
    }
  }

  @OnBothDatabases
  void whoever_changes_cuts_or_mixes_a_bundle_is_told_where(Databases on) throws Exception {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      String bundle = story(ledger);
      List<String> lines = bundle.lines().toList();
      // Every line, every value: whatever is changed is told no later than at the trailer.
      for (int i = 0; i < lines.size(); i++) {
        for (ObjectNode changed : changes((ObjectNode) Json.tree(lines.get(i)))) {
          List<String> edited = new ArrayList<>(lines);
          edited.set(i, changed.toString());
          assertThatThrownBy(() -> read(joined(edited), BundleReader.Taker.NOBODY))
              .as(changed.toString())
              .isInstanceOf(BadBundle.class);
        }
        List<String> without = new ArrayList<>(lines);
        without.remove(i);
        assertThatThrownBy(() -> read(joined(without), BundleReader.Taker.NOBODY))
            .isInstanceOf(BadBundle.class);
      }
      for (int end = 0; end < bundle.length(); end += 97) {
        String cut = bundle.substring(0, end);
        assertThatThrownBy(() -> read(cut, BundleReader.Taker.NOBODY))
            .isInstanceOf(BadBundle.class);
      }
      assertThatThrownBy(() -> read(bundle + "\n", BundleReader.Taker.NOBODY))
          .hasMessage("line 11: nothing may stand after the trailer");
      assertThatThrownBy(() -> read("{\"t\":1}\n", BundleReader.Taker.NOBODY))
          .hasMessage("line 1: it is no CloudEvent of version 1.0");
      assertThatThrownBy(() -> read("hello\n", BundleReader.Taker.NOBODY))
          .hasMessage("line 1: it is no JSON");
      assertThatThrownBy(() -> read("", BundleReader.Taker.NOBODY))
          .hasMessageContaining("header of a bundle");
    }
  }

  @OnBothDatabases
  void who_makes_the_digest_fit_again_is_found_by_the_chains(Databases on) throws Exception {
    try (FreshDatabase database = on.fresh(folder);
        Ledger ledger = database.open()) {
      List<String> lines = story(ledger).lines().toList();
      assertForgeryIsFound(lines, 2, "\"s-1\"", "\"s-9\"", "line 3: it was changed");
      assertForgeryIsFound(lines, 3, "gw-1", "gw-2", "line 4: it was changed");
      assertForgeryIsFound(lines, 6, "first", "other", "line 7: it was changed");
      List<String> without = new ArrayList<>(lines);
      without.remove(6);
      assertThatThrownBy(() -> read(resealed(without), BundleReader.Taker.NOBODY))
          .hasMessageContaining("number of events and refusals");
    }
  }

  private static void assertForgeryIsFound(
      List<String> lines, int line, String old, String now, String problem) throws Exception {
    List<String> edited = new ArrayList<>(lines);
    assertThat(edited.get(line)).contains(old);
    edited.set(line, edited.get(line).replace(old, now));
    assertThatThrownBy(() -> read(resealed(edited), BundleReader.Taker.NOBODY))
        .hasMessageStartingWith(problem);
  }

  /** With a trailer that fits. */
  private static String resealed(List<String> lines) throws Exception {
    String before = joined(lines.subList(0, lines.size() - 1));
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(before.getBytes(StandardCharsets.UTF_8));
    ObjectNode trailer = (ObjectNode) Json.tree(lines.get(lines.size() - 1));
    ((ObjectNode) trailer.path("data"))
        .put("lines", lines.size() - 1)
        .put("sha256", HexFormat.of().formatHex(digest));
    return before + trailer + "\n";
  }

  private static List<ObjectNode> changes(ObjectNode line) {
    List<ObjectNode> changes = new ArrayList<>();
    for (String name : List.of("id", "source", "type", "subject", "time")) {
      // What the trailer is called and when it was written says nothing.
      boolean says = !line.path("id").asText().equals("trailer") || !name.matches("id|time");
      if (line.has(name) && says) {
        changes.add(line.deepCopy().put(name, "x" + line.path(name).asText()));
      }
    }
    line.path("data")
        .fieldNames()
        .forEachRemaining(
            name -> {
              ObjectNode changed = line.deepCopy();
              ObjectNode data = (ObjectNode) changed.path("data");
              JsonNode value = data.path(name);
              if (value.isNumber()) {
                data.put(name, value.longValue() + 1);
              } else if (value.isBoolean()) {
                data.put(name, !value.booleanValue());
              } else if (value.isTextual()) {
                data.put(name, value.textValue() + "x");
              } else {
                ((ObjectNode) value).put("x", 1);
              }
              changes.add(changed);
              ObjectNode other = line.deepCopy();
              ((ObjectNode) other.path("data")).putArray(name).add(name);
              changes.add(other);
            });
    return changes;
  }

  private static String told(String line) {
    JsonNode event = Json.tree(line);
    JsonNode data = event.path("data");
    return String.join(
            " ",
            event.path("type").asText(),
            data.path("verdict").isMissingNode() ? "" : data.at("/command/type").asText(),
            data.path("reason").asText())
        .strip();
  }

  private static String story(Ledger ledger) throws IOException {
    String key = "k ü/😀";
    progress(key, "r-0").to(ledger);
    open("another", "s-1").to(ledger);
    open(key, "s-1").to(ledger);
    start(key, "s-1", "r-1").from("gw-1").to(ledger);
    order("OpenSession", key).to(ledger);
    reset(key, "s-2").to(ledger);
    fail(key, "r-1", "first").to(ledger);
    fail(key, "r-1", "second").to(ledger);
    start(key, "s-2", "r-2").to(ledger);
    fail(key, "r-1", "third").to(ledger);
    return bundle(ledger, key);
  }

  private static String bundle(Ledger ledger, String key) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BundleWriter.of(ledger.dataSource(), new SessionKey(key)).orElseThrow().write(out);
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String joined(List<String> lines) {
    return String.join("\n", lines) + "\n";
  }

  private static BundleReader.Contents read(String bundle, BundleReader.Taker taker)
      throws IOException, BadBundle {
    return BundleReader.read(
        new ByteArrayInputStream(bundle.getBytes(StandardCharsets.UTF_8)), taker);
  }
}

package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.sessionledger.app.cli.CommandLineRun.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DemoTest {

  @TempDir private Path folder;

  @Test
  void it_tells_the_race_and_leaves_nothing_behind() throws Exception {
    List<Path> before = temporaryFolders();
    CommandLineRun demo = run("demo");
    assertThat(demo.status()).isZero();
    assertThat(demo.err()).isEmpty();
    assertThat(demo.out())
        .containsPattern(" 40 +18\\.8 s +FailRun +agent-1795413821849 +rejected +run-superseded")
        .contains("Refused: run-superseded")
        .containsPattern("session id +651001ed-6a1d-4cf2-a948-d11f8899cdb7")
        .containsPattern("status +failed +idle")
        .contains("The session is intact.");
    assertThat(demo.lines())
        .filteredOn(line -> !line.contains("session-ledger"))
        .allSatisfy(line -> assertThat(Shown.width(line)).isLessThanOrEqualTo(100));
    assertThat(temporaryFolders()).isEqualTo(before);
  }

  @Test
  void what_it_says_to_try_next_works_when_copied() {
    String data = folder.resolve("kept data").toString();
    CommandLineRun demo = run("demo", "--data", data);
    List<String> hints = hints(demo);
    assertThat(hints).isNotEmpty().allSatisfy(hint -> assertThat(hint).contains("'" + data + "'"));
    for (String hint : hints) {
      assertThat(run(words(hint)).status()).as(hint).isZero();
    }
  }

  @Test
  void without_a_folder_the_first_thing_to_try_keeps_one() {
    List<String> hints = hints(run("demo"));
    assertThat(hints.get(0)).isEqualTo("demo --data demo-data");
    assertThat(hints).allSatisfy(hint -> assertThat(hint).endsWith(" --data demo-data"));
  }

  @Test
  void as_json_it_is_one_document() {
    JsonNode demo = run("demo", "--json").json();
    assertThat(demo.path("decided")).hasSize(10);
    assertThat(demo.path("decided").path(9).path("reason").asText()).isEqualTo("run-superseded");
    assertThat(demo.path("replay").path("differences")).hasSize(1);
    assertThat(demo.path("session").path("status").asText()).isEqualTo("idle");
    assertThat(demo.path("audit").path("intact").asBoolean()).isTrue();
  }

  @Test
  void a_second_time_into_the_same_ledger_it_says_that_nothing_changed() {
    String data = folder.toString();
    run("demo", "--data", data);
    CommandLineRun again = run("demo", "--data", data);
    assertThat(again.status()).isZero();
    assertThat(again.out()).contains("had heard the recording before", "The session is intact.");
  }

  /** All but the ones that do not end or ask nothing of the ledger. */
  private static List<String> hints(CommandLineRun demo) {
    return demo.lines().stream()
        .map(String::strip)
        .filter(line -> line.startsWith("session-ledger "))
        .map(line -> line.substring("session-ledger ".length()))
        .filter(line -> !line.startsWith("serve") && !line.contains("--help"))
        .toList();
  }

  private static String[] words(String line) {
    return Stream.of(line.split(" (?=([^']*'[^']*')*[^']*$)"))
        .map(word -> word.replace("'", ""))
        .toArray(String[]::new);
  }

  private static List<Path> temporaryFolders() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(p -> p.toString().contains("session-ledger-demo-")).sorted().toList();
    }
  }
}

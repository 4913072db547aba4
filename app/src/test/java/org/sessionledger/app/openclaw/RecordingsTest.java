package org.sessionledger.app.openclaw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The translation of every recording, frame by frame, as it was derived by hand: see {@code
 * docs/recordings.md}. Each line of a {@code .decided} file is a command, and what the ledger must
 * say to it.
 */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RecordingsTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026.5.28/abort-chat",
        "2026.5.28/compact-manual",
        "2026.5.28/failed-agent",
        "2026.5.28/normal",
        "2026.5.28/reset-during-run",
        "2026.5.28/reset-idle",
        "2026.5.28/reset-in-error-grace",
        "2026.5.28/restart-sigkill",
        "2026.9.6/abort-session",
        "2026.9.6/normal",
        "2026.9.6/reset-during-run",
        "2026.9.6/reset-in-error-grace"
      })
  void every_frame_is_translated_as_it_was_by_hand(String name) throws Exception {
    Tape.Played played = Tape.play(new ScriptedDecider(), Recording.of(file(name + ".jsonl")));
    List<String> commands = decided(name).stream().map(line -> line.split(" : ")[0]).toList();
    assertThat(played.commands()).containsExactlyElementsOf(commands);
    assertThat(played.replay().unreadable()).isEmpty();
  }

  static List<String> decided(String name) throws IOException {
    return Files.readAllLines(file(name + ".decided"));
  }

  static Path file(String name) {
    try {
      return Path.of(RecordingsTest.class.getResource("/openclaw/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}

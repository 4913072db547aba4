package org.sessionledger.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.sessionledger.app.openclaw.Recording;
import org.sessionledger.core.session.Json;

/** When each frame of a recording was heard. */
final class FrameTimes {

  private FrameTimes() {}

  /** By line, in milliseconds; of a recording that is known to be whole. */
  static List<Long> of(Recording recording) throws IOException {
    List<Long> times = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(recording.source().open(), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        times.add(Json.read(line, JsonNode.class).path("t").asLong());
      }
    }
    return times;
  }
}

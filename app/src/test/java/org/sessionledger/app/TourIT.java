package org.sessionledger.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/tour.md with the packaged jar, and looks for what the tour promises. */
class TourIT {

  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  /** A block of commands, and the texts that its output holds. */
  private record Step(String commands, List<String> promised) {}

  @Test
  void every_command_of_the_tour_does_what_the_tour_says(@TempDir Path folder) throws Exception {
    List<Step> steps = steps(Files.readAllLines(ROOT.resolve("docs/tour.md")));
    assertThat(steps).hasSizeGreaterThan(5);
    StringBuilder script = new StringBuilder("set -eu\n");
    for (int i = 0; i < steps.size(); i++) {
      script.append("echo '=== ").append(i).append("'\n").append(steps.get(i).commands());
    }
    Path file = folder.resolve("tour.sh");
    Path output = folder.resolve("tour.out");
    Files.writeString(file, script);

    Process process =
        new ProcessBuilder("bash", file.toString())
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    String all = Files.readString(output, StandardCharsets.UTF_8);
    if (!ended) {
      process.destroyForcibly();
    }

    assertThat(ended).as(all).isTrue();
    assertThat(process.exitValue()).as(all).isZero();
    String[] outputs = all.split("=== \\d+\n");
    for (int i = 0; i < steps.size(); i++) {
      for (String text : steps.get(i).promised()) {
        assertThat(outputs[i + 1]).as(steps.get(i).commands()).contains(text);
      }
    }
  }

  private static List<Step> steps(List<String> lines) throws IOException {
    List<Step> steps = new ArrayList<>();
    StringBuilder block = null;
    String kind = "";
    for (String line : lines) {
      if (block == null && line.startsWith("```")) {
        block = new StringBuilder();
        kind = line.substring(3);
      } else if (block != null && line.equals("```")) {
        if (kind.equals("sh")) {
          steps.add(new Step(block.toString(), new ArrayList<>()));
        } else if (kind.equals("text")) {
          steps.get(steps.size() - 1).promised().addAll(block.toString().lines().toList());
        }
        block = null;
      } else if (block != null) {
        block.append(line).append('\n');
      }
    }
    return steps;
  }
}

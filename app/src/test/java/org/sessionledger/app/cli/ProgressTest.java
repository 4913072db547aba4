package org.sessionledger.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class ProgressTest {

  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong();
  private final StringWriter err = new StringWriter();

  private Progress progress(boolean shown) {
    return new Progress(new PrintWriter(err), shown, now::get);
  }

  @Test
  void it_says_how_far_it_is_and_takes_the_line_away() {
    Progress progress = progress(true);
    now.addAndGet(SECOND);
    progress.at(() -> "monday\u001b.jsonl", 50, 100);
    assertThat(err.toString()).contains("████████████░░░░░░░░░░░░  50%  monday\\u001b.jsonl");
    progress.clear();
    assertThat(err.toString()).endsWith("\r\u001b[2K");
  }

  @Test
  void short_work_shows_nothing() {
    Progress progress = progress(true);
    progress.at(() -> "x", 50, 100);
    progress.clear();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void nobody_who_does_not_watch_sees_it() {
    Progress progress = progress(false);
    now.addAndGet(SECOND);
    progress.at(() -> "x", 50, 100);
    progress.clear();
    assertThat(err.toString()).isEmpty();
  }
}

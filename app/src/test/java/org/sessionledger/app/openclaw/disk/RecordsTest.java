package org.sessionledger.app.openclaw.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.InvalidField;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.identity.Text;

/** Single records, rows and files, and what may be wrong with them. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RecordsTest {

  private static final Where HERE = Where.of("here");

  @TempDir private Path folder;

  private static StoredRow row(String json) throws IOException {
    try (JsonParser parser = RecordReader.JSON.createParser(json)) {
      parser.nextToken();
      return RowReader.read(new SessionKey("k"), parser, HERE);
    }
  }

  private static RecordReader.Traced traced(String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return RecordReader.trajectory(bytes, bytes.length, HERE);
  }

  private static String checkpoint(String key, String before, String after, long tokens) {
    return ("{\"sessionKey\":\"%s\",\"tokensBefore\":%d,\"preCompaction\":{\"sessionId\":\"%s\"},"
            + "\"postCompaction\":{\"sessionId\":\"%s\"}}")
        .formatted(key, tokens, before, after);
  }

  @Test
  void of_absurdly_long_lists_the_first_ten_thousand_are_read() throws IOException {
    String ids =
        IntStream.range(0, 10_001)
            .mapToObj(i -> "\"s-" + i + "\"")
            .collect(Collectors.joining(","));
    String checkpoints =
        IntStream.range(0, 10_001)
            .mapToObj(i -> checkpoint("k", "s-" + i, "s-" + (i + 1), 1))
            .collect(Collectors.joining(","));
    StoredRow row =
        row(
            "{\"usageFamilySessionIds\":[%s],\"compactionCheckpoints\":[%s],\"sessionId\":\"s\"}"
                .formatted(ids, checkpoints));
    assertThat(row.family()).hasSize(10_000);
    assertThat(row.checkpoints()).hasSize(10_000);
  }

  @Test
  void a_number_that_no_clock_and_no_counter_means_is_absent() throws IOException {
    StoredRow row =
        row(
            "{\"sessionId\":\"s\",\"startedAt\":1e30,\"endedAt\":99999999999999999999,"
                + "\"sessionStartedAt\":1.5e3,\"compactionCheckpoints\":["
                + checkpoint("k", "a", "b", -1)
                + ","
                + checkpoint("another", "b", "c", 1)
                + "]}");
    assertThat(row.startedAt()).isNull();
    assertThat(row.endedAt()).isNull();
    assertThat(row.sessionStartedAt()).isEqualTo(1_500);
    assertThat(row.checkpoints())
        .singleElement()
        .satisfies(c -> assertThat(c.tokensBefore()).isNull());
    assertThat(Words.instant(Long.MAX_VALUE)).isNull();
    assertThat(Words.instant(Long.MIN_VALUE)).isNull();
    assertThat(Words.millis("-999999999-01-01T00:00:00Z")).isNull();
  }

  @Test
  void an_id_that_is_none_is_told_by_its_field() {
    assertThatThrownBy(() -> row("{\"sessionId\":\"s\",\"usageFamilySessionIds\":[\"\"]}"))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("usageFamilySessionIds");
    assertThatThrownBy(
            () ->
                row(
                    "{\"sessionId\":\"s\",\"compactionCheckpoints\":[%s]}"
                        .formatted(checkpoint("k", "", "b", 1))))
        .isInstanceOf(InvalidField.class)
        .hasMessageContaining("compactionCheckpoints");
  }

  @Test
  void an_end_says_how_and_a_record_without_a_run_says_nothing() throws IOException {
    String end =
        "{\"type\":\"session.ended\",\"sessionId\":\"s\",\"runId\":\"r\",\"data\":{"
            + "\"status\":\"success\",\"%s\":true}}";
    for (String flag : List.of("aborted", "externalAbort", "timedOut")) {
      assertThat(traced(end.formatted(flag)).event().outcome()).as(flag).isEqualTo(Outcome.ABORTED);
    }
    assertThat(traced(end.formatted("other")).event().outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(traced("{\"type\":\"session.ended\",\"sessionId\":\"s\"}")).isNull();
    assertThat(traced("[]")).isNull();
    String error =
        traced(
                "{\"type\":\"session.ended\",\"sessionId\":\"s\",\"runId\":\"r\",\"data\":{"
                    + "\"promptError\":\"\\ud800%s\"}}".formatted("x".repeat(9_000)))
            .event()
            .error();
    assertThat(error).hasSize(Text.NOTE_MAX).startsWith("\ufffdx");
  }

  @Test
  void a_link_and_a_socket_are_told_and_not_opened() throws IOException {
    List<String> told = new ArrayList<>();
    Folder opened =
        new Folder(
            folder,
            new Findings() {
              @Override
              public void unreadable(Where where, String problem) {
                told.add(where + " " + problem);
              }

              @Override
              public void torn(Where where, String what) {
                throw new AssertionError(what);
              }
            });
    Path file = Files.createFile(folder.resolve("file"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    Path socket = folder.resolve("socket");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      assertThat(opened.isFile(file)).isTrue();
      assertThat(opened.isFile(link)).isFalse();
      assertThat(opened.isFile(socket)).isFalse();
    }
    assertThatThrownBy(() -> Folder.open(link).close()).isInstanceOf(IOException.class);
    assertThat(opened.list(folder.resolve("gone"))).isEmpty();
    assertThat(told)
        .containsExactly(
            "link is a symbolic link, which is not followed",
            "socket is neither a file nor a folder",
            "gone cannot be listed: NoSuchFileException");
  }
}

package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;

class RowFoldTest {

  private static final SessionKey KEY = new SessionKey("agent:main");

  record Seen(Long key, long version, long generation) implements Row<Long> {}

  /** Keeps rows in a map, and what was asked of it. */
  private static final class MapTable implements Table<Long, Seen> {
    final Map<Long, Seen> rows = new HashMap<>();
    final List<String> asked = new ArrayList<>();

    @Override
    public List<Seen> load(Connection connection, List<Long> keys) {
      asked.add("load " + keys.size());
      return keys.stream().filter(rows::containsKey).map(rows::get).toList();
    }

    @Override
    public void insert(Connection connection, List<Seen> added) {
      asked.add("insert " + added.size());
      added.forEach(row -> rows.put(row.key(), row));
    }

    @Override
    public void update(Connection connection, List<Seen> moved) {
      asked.add("update " + moved.size());
      moved.forEach(row -> rows.put(row.key(), row));
    }
  }

  private static final class Watcher implements Projection<Long, Seen> {
    @Override
    public List<Long> keys(RecordedEvent event) {
      return List.of(event.sessionNo());
    }

    @Override
    public Seen after(Long key, Seen before, RecordedEvent event) {
      return new Seen(key, event.version(), event.event().generation().number());
    }
  }

  private final MapTable table = new MapTable();
  private final RowFold<Long, Seen> fold = new RowFold<>(new Watcher(), table);

  @Test
  void each_row_of_a_batch_is_read_once_and_written_once() throws Exception {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    story.opened(new SessionKey("other"), "s-1");
    fold.apply(null, story.events());
    story.completed(KEY, "r-1");
    story.reset(KEY, "s-2");
    story.opened(new SessionKey("third"), "s-1");
    assertThat(fold.apply(null, story.events().subList(3, 6))).isZero();

    assertThat(table.asked)
        .containsExactly("load 2", "insert 2", "update 0", "load 2", "insert 1", "update 1");
    assertThat(table.rows.get(1L)).isEqualTo(new Seen(1L, 4, 2));
  }

  @Test
  void a_row_refuses_an_older_version() throws Exception {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.started(KEY, "r-1");
    fold.apply(null, story.events());

    assertThat(fold.apply(null, story.events())).isEqualTo(2);
    assertThat(table.rows.get(1L).version()).isEqualTo(2);
  }

  @Test
  void a_row_refuses_an_older_generation_even_under_a_newer_version() throws Exception {
    Story story = new Story();
    story.opened(KEY, "s-1");
    story.reset(KEY, "s-2");
    Generation old = new Generation(1, new SessionId("s-1"));
    story.add(KEY, new SessionEvent.SessionReset(KEY, old, old, List.of()));

    assertThat(fold.apply(null, story.events())).isEqualTo(1);
    assertThat(table.rows.get(1L)).isEqualTo(new Seen(1L, 2, 2));
  }
}

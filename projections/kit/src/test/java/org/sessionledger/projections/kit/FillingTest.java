package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.sessionledger.core.identity.Generation;
import org.sessionledger.core.identity.SessionId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Json;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.session.SessionEvent;

/** What is kept in memory, what is written, and what is left alone. */
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class FillingTest {

  private static final SessionKey ONE = new SessionKey("one");
  private static final SessionKey OTHER = new SessionKey("other");

  record Seen(String key, long version, long generation) implements Row<String> {}

  private final Map<String, Seen> stored = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private LongPredicate poison = version -> false;
  private LongPredicate unreadable = version -> false;
  private boolean toldOfBeginnings;

  /** What the table says instead of taking a row, by key and version. */
  private final Map<String, SQLException> refusals = new HashMap<>();

  private final Story story = new Story();
  private int taken;

  /** Has two rows of each session. */
  private final class Pairs implements Projection<String, Seen> {
    @Override
    public List<String> keys(RecordedEvent event) {
      if (unreadable.test(event.version())) {
        throw new IllegalArgumentException("unreadable: " + event);
      }
      return List.of(event.sessionNo() + "a", event.sessionNo() + "b");
    }

    @Override
    public boolean begins(String key, RecordedEvent event) {
      return toldOfBeginnings && event.version() == 1;
    }

    @Override
    public Seen after(String key, Seen before, RecordedEvent event) {
      if (poison.test(event.version()) && key.endsWith("b")) {
        throw new IllegalArgumentException("poison: " + event);
      }
      return new Seen(key, event.version(), event.event().generation().number());
    }
  }

  private Connection connection;

  private final class MapTable implements Table<String, Seen> {
    @Override
    public List<Seen> load(Connection connection, List<String> keys) {
      asked.add("load " + keys);
      return keys.stream().filter(stored::containsKey).map(stored::get).toList();
    }

    private void refuse(List<Seen> rows) throws SQLException {
      for (Seen row : rows) {
        SQLException refusal = refusals.get(row.key() + row.version());
        if (refusal != null) {
          throw refusal;
        }
      }
    }

    @Override
    public void insert(Connection connection, List<Seen> rows) throws SQLException {
      refuse(rows);
      for (Seen row : rows) {
        assertThat(stored.put(row.key(), row)).as("inserted twice").isNull();
      }
      asked.add("insert " + rows.size());
    }

    @Override
    public void update(Connection connection, List<Seen> rows) throws SQLException {
      refuse(rows);
      for (Seen row : rows) {
        assertThat(stored.put(row.key(), row)).as("updated before it was inserted").isNotNull();
      }
      asked.add("update " + rows.size());
    }
  }

  /** Nothing is stored in it: the table is a map. */
  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection("jdbc:h2:mem:");
    connection.setAutoCommit(false);
  }

  @AfterEach
  void disconnect() throws SQLException {
    connection.close();
  }

  private Filling<String, Seen> filling(int room) {
    return new RowFold<>(new Pairs(), new MapTable()).filling(room);
  }

  /** Takes what has happened since. */
  private void take(Filling<String, Seen> filling) throws SQLException {
    List<RecordedEvent> all = story.events();
    filling.take(connection, all.subList(taken, all.size()));
    taken = all.size();
  }

  private List<Long> versions(String... keys) {
    List<Long> versions = new ArrayList<>();
    for (String key : keys) {
      versions.add(stored.get(key).version());
    }
    return versions;
  }

  @Test
  void the_table_is_asked_for_what_it_may_have_and_told_once() throws Exception {
    toldOfBeginnings = true;
    Filling<String, Seen> filling = filling(2);
    story.opened(ONE, "s-1");
    story.started(ONE, "r-1");
    take(filling);
    filling.write(connection);
    assertThat(asked)
        .as("a row that begins is not looked for")
        .containsExactly("insert 2", "update 0");

    asked.clear();
    story.completed(ONE, "r-1");
    take(filling);
    filling.write(connection);
    filling.write(connection);
    assertThat(asked)
        .as("what is in memory is not read, and is written once")
        .containsExactly("insert 0", "update 2", "insert 0", "update 0");

    asked.clear();
    story.opened(OTHER, "s-1");
    take(filling);
    assertThat(asked).as("makes room").containsExactly("insert 2", "update 0");

    asked.clear();
    story.started(ONE, "r-2");
    take(filling);
    filling.write(connection);
    assertThat(asked.get(0)).as("it made room").isEqualTo("load [1a, 1b]");
    assertThat(versions("1a", "1b", "2a", "2b")).containsExactly(4L, 4L, 1L, 1L);
  }

  @Test
  void rows_make_room_by_what_they_hold_too() throws Exception {
    Filling<String, Seen> filling = filling(1_000);
    int chars = 990_000;
    for (long session = 1; session <= 5; session++) {
      filling.take(connection, List.of(opened(session, chars)));
    }
    // Two rows a session, each of which counts as three events: 24 million are too many for five.
    assertThat(asked).filteredOn(each -> each.startsWith("insert")).containsExactly("insert 10");

    asked.clear();
    filling.take(connection, List.of(opened(6, chars), opened(7, chars)));
    assertThat(asked).as("half of the room was made free").containsExactly("load [6a, 6b, 7a, 7b]");
    filling.take(connection, List.of(again(5)));
    filling.take(connection, List.of(again(1)));
    assertThat(asked).as("by those that were touched first").contains("load [1a, 1b]");
    assertThat(asked).doesNotContain("load [5a, 5b]");
  }

  @Test
  void a_row_counts_as_much_as_the_longest_of_its_events() throws Exception {
    Filling<String, Seen> filling = filling(1_000);
    for (long session = 1; session <= 4; session++) {
      filling.take(connection, List.of(opened(session, 990_000)));
      filling.take(connection, List.of(again(session)));
    }
    assertThat(asked).as("once each").noneMatch(each -> each.startsWith("insert"));

    filling.take(connection, List.of(opened(5, 990_000)));
    assertThat(asked).as("whatever came last").contains("insert 10");
  }

  @Test
  void what_was_touched_again_stays_when_room_is_made() throws Exception {
    Filling<String, Seen> filling = filling(8);
    for (long session = 1; session <= 4; session++) {
      filling.take(connection, List.of(opened(session, 1)));
    }
    filling.take(connection, List.of(again(1)));
    filling.take(connection, List.of(opened(5, 1)));
    asked.clear();

    filling.take(connection, List.of(third(1)));
    assertThat(asked).isEmpty();
    filling.take(connection, List.of(again(4)));
    assertThat(asked).containsExactly("load [4a, 4b]");
  }

  private static RecordedEvent opened(long session, int chars) {
    return copy(new Story().opened(ONE, "s-1"), session, 1, "x".repeat(chars));
  }

  private static RecordedEvent again(long session) {
    return copy(new Story().opened(ONE, "s-1"), session, 2, "");
  }

  private static RecordedEvent third(long session) {
    return copy(new Story().opened(ONE, "s-1"), session, 3, "");
  }

  private static RecordedEvent copy(
      RecordedEvent event, long session, long version, String document) {
    return new RecordedEvent(
        session,
        session,
        version,
        event.type(),
        Json.write(event.event()),
        event.recordedAt(),
        event.commandType(),
        event.command(),
        document);
  }

  @Test
  void an_event_that_cannot_be_taken_changes_no_row_and_parks_its_session_alone() throws Exception {
    Filling<String, Seen> filling = filling(100);
    poison = version -> version == 2;
    story.opened(ONE, "s-1");
    story.started(ONE, "r-1");
    story.completed(ONE, "r-1");
    story.opened(OTHER, "s-1");
    take(filling);
    filling.write(connection);

    assertThat(versions("1a", "1b", "2a", "2b")).containsExactly(1L, 1L, 1L, 1L);
    assertThat(filling.parked())
        .singleElement()
        .satisfies(
            parked -> {
              assertThat(parked.sessionNo()).isEqualTo(1);
              assertThat(parked.version()).isEqualTo(2);
              assertThat(parked.error()).contains("poison");
            });
    assertThat(filling.touched()).as("parked or not").containsExactlyInAnyOrder(1L, 2L);
    assertThat(filling.touched()).isEmpty();
  }

  @Test
  void an_event_that_cannot_be_read_parks_its_session() throws Exception {
    Filling<String, Seen> filling = filling(100);
    unreadable = version -> version == 2;
    story.opened(ONE, "s-1");
    story.started(ONE, "r-1");
    take(filling);
    filling.write(connection);

    assertThat(versions("1a")).containsExactly(1L);
    assertThat(filling.parked()).extracting(Parking.Parked::version).containsExactly(2L);
  }

  @Test
  void a_row_is_not_taken_back() throws Exception {
    Filling<String, Seen> filling = filling(100);
    story.opened(ONE, "s-1");
    story.reset(ONE, "s-2");
    Generation old = new Generation(1, new SessionId("s-1"));
    story.add(ONE, new SessionEvent.SessionReset(ONE, old, old, List.of()));
    take(filling);
    filling.write(connection);

    assertThat(stored.get("1a")).isEqualTo(new Seen("1a", 2, 2));
    assertThat(filling.parked())
        .singleElement()
        .satisfies(parked -> assertThat(parked.error()).contains("would take a row back"));
  }

  @Test
  void a_row_that_the_table_refuses_parks_its_session_wholly_and_no_other() throws Exception {
    Filling<String, Seen> filling = filling(100);
    SQLException unfit = new SQLException("x".repeat(5_000), "22001");
    refusals.put("1b1", unfit);
    story.opened(ONE, "s-1");
    story.opened(OTHER, "s-1");
    take(filling);
    filling.write(connection);

    assertThat(versions("2a", "2b")).containsExactly(1L, 1L);
    assertThat(filling.unfit()).containsExactly(1L);
    assertThat(filling.parked())
        .singleElement()
        .satisfies(
            parked -> {
              assertThat(parked.sessionNo()).isEqualTo(1);
              assertThat(parked.version()).isEqualTo(1);
              assertThat(parked.error()).contains("xxx").hasSizeLessThanOrEqualTo(500);
            });

    SessionKey third = new SessionKey("third");
    story.opened(third, "s-1");
    take(filling);
    filling.write(connection);
    refusals.put("2a2", unfit);
    story.started(OTHER, "r-1");
    story.started(third, "r-1");
    take(filling);
    filling.write(connection);

    assertThat(versions("3a", "3b")).as("rows that change").containsExactly(2L, 2L);
    assertThat(filling.unfit()).containsExactlyInAnyOrder(1L, 2L);
    assertThat(filling.parked()).extracting(Parking.Parked::sessionNo).containsExactly(1L, 2L);
  }

  @Test
  void a_database_that_fails_parks_nobody() throws Exception {
    Filling<String, Seen> filling = filling(100);
    SQLException broken = new SQLException("broken", "08006");
    refusals.put("1b1", broken);
    story.opened(ONE, "s-1");
    take(filling);

    assertThatThrownBy(() -> filling.write(connection)).isSameAs(broken);

    assertThat(filling.parked()).isEmpty();
    refusals.clear();
    filling.write(connection);
    assertThat(versions("1a", "1b")).containsExactly(1L, 1L);
  }
}

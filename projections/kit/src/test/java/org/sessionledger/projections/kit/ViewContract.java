package org.sessionledger.projections.kit;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.sessionledger.core.session.RecordedEvent;
import org.sessionledger.core.store.LedgerReader;

/** What holds for every view, on every database. A view's test extends it. */
public abstract class ViewContract {

  private static final long SEED = 20260531;

  /** The view over a database. */
  protected abstract View view(HikariDataSource dataSource, LedgerReader reader);

  @ParameterizedTest
  @EnumSource
  void live_and_rebuilt_end_in_the_same_rows_seed_20260531(TestDatabase database) {
    List<RecordedEvent> events = Story.random(SEED, 3_000).events();
    Random random = new Random(SEED);
    try (HikariDataSource dataSource = database.create()) {
      View view = view(dataSource, new StoryReader(new Story()));
      String live = Tables.of(dataSource, view);
      String rebuilt = live + "_next";
      Tables.make(dataSource, view, rebuilt);

      RowFold<?, ?> fold = view.fold(live);
      int done = 0;
      while (done < events.size()) {
        int next = Math.min(events.size(), done + 1 + random.nextInt(40));
        int again = random.nextInt(4) == 0 ? Math.max(0, done - random.nextInt(30)) : done;
        Tables.fold(dataSource, fold, events.subList(again, next));
        done = next;
      }
      Tables.fill(dataSource, view.fold(rebuilt), events, 100);

      assertThat(TestDatabase.dump(dataSource, live))
          .isNotEmpty()
          .isEqualTo(TestDatabase.dump(dataSource, rebuilt));
    }
  }

  @ParameterizedTest
  @EnumSource
  void rows_refuse_to_go_back_and_say_so(TestDatabase database) {
    List<RecordedEvent> events = Story.random(SEED, 600).events();
    try (HikariDataSource dataSource = database.create()) {
      View view = view(dataSource, new StoryReader(new Story()));
      String table = Tables.of(dataSource, view);
      RowFold<?, ?> fold = view.fold(table);

      assertThat(Tables.fold(dataSource, fold, events)).isZero();
      List<String> rows = TestDatabase.dump(dataSource, table);
      assertThat(Tables.fold(dataSource, fold, events.subList(100, 400))).isPositive();

      assertThat(TestDatabase.dump(dataSource, table)).isEqualTo(rows);
    }
  }
}

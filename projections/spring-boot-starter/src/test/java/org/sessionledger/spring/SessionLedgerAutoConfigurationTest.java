package org.sessionledger.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.axonframework.messaging.responsetypes.ResponseTypes;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.ledger.DecisionListener;
import org.sessionledger.core.ledger.Durability;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.ledger.LedgerOptions;
import org.sessionledger.core.ledger.LedgerUnavailable;
import org.sessionledger.core.session.SessionStatus;
import org.sessionledger.core.session.Source;
import org.sessionledger.core.session.Status;
import org.sessionledger.projections.kit.CountingView;
import org.sessionledger.projections.kit.CountingView.CountEvents;
import org.sessionledger.projections.kit.Views;
import org.sessionledger.projections.status.FindSessionStatus;
import org.sessionledger.projections.status.RunWatchdog;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an application gets that has the starter, and what it can say about it. */
@ExtendWith(OutputCaptureExtension.class)
class SessionLedgerAutoConfigurationTest {

  private static final SessionKey KEY = new SessionKey("agent:main");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void an_application_gets_a_ledger_with_all_views() {
    Boot.starter(folder)
        .run(
            context -> {
              Ledger ledger = context.getBean(Ledger.class);
              Views views = context.getBean(Views.class);
              ledger.session(KEY).start(new RunId("r-1")).complete();
              assertThat(views.awaitAll(PATIENCE)).isTrue();
              assertThat(views.names())
                  .containsExactlyInAnyOrder("status", "runs", "lineage", "timeline");
              assertThat(context)
                  .doesNotHaveBean(RunWatchdog.class)
                  .hasSingleBean(LedgerOptions.class);
            });
    assertThat(Boot.events(folder)).as("the context's end closed it").isEqualTo(3);
  }

  @Test
  void the_ledger_s_questions_and_the_views_are_the_same_ones() {
    Boot.starter(folder)
        .run(
            context -> {
              Ledger ledger = context.getBean(Ledger.class);
              Views views = context.getBean(Views.class);
              assertThat(ledger.queries()).isSameAs(views.queries());
              ledger.session(KEY);
              assertThat(views.awaitAll(PATIENCE)).isTrue();
              assertThat(
                      ledger
                          .queries()
                          .query(
                              new FindSessionStatus(KEY),
                              ResponseTypes.optionalInstanceOf(SessionStatus.class))
                          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                          .orElseThrow()
                          .status())
                  .isEqualTo(Status.IDLE);
            });
  }

  @Test
  void a_disabled_ledger_is_none() {
    Boot.starter(folder)
        .withPropertyValues("session-ledger.enabled=false")
        .run(
            context ->
                assertThat(context)
                    .doesNotHaveBean(Ledger.class)
                    .doesNotHaveBean(LedgerOptions.class)
                    .doesNotHaveBean(Views.class)
                    .doesNotHaveBean(LedgerLook.class));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void disabled_views_are_none_and_the_ledger_says_so() {
    Boot.starter(folder)
        .withPropertyValues("session-ledger.views.enabled=false")
        .run(
            context -> {
              assertThat(context).doesNotHaveBean(Views.class);
              assertThatThrownBy(() -> context.getBean(Ledger.class).queries())
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("session-ledger.views.enabled");
            });
  }

  @Test
  void the_application_s_database_has_the_ledger(CapturedOutput output) {
    JdbcConnectionPool database = Boot.memory();
    Boot.starter()
        .withBean(
            DataSource.class, () -> database, definition -> definition.setDestroyMethodName(""))
        .run(
            context -> {
              context.getBean(Ledger.class).session(KEY);
              assertThat(context.getBean(Ledger.class).dataSource()).isSameAs(database);
            });
    assertThat(Boot.events(database)).as("closed, the database stays").isEqualTo(1);
    assertThat(output).contains("which is in memory: it ends with the process");
    database.dispose();
  }

  @Test
  void a_folder_that_is_asked_for_goes_before_the_application_s_database() {
    JdbcConnectionPool database = Boot.memory();
    Boot.bare(folder)
        .withBean(DataSource.class, () -> database)
        .run(context -> context.getBean(Ledger.class).session(KEY));
    assertThat(Boot.events(folder)).isEqualTo(1);
  }

  @Test
  void of_several_databases_the_primary_one_has_the_ledger() {
    Boot.starter()
        .withPropertyValues("session-ledger.views.enabled=false")
        .withBean("one", DataSource.class, Boot::memory)
        .withBean("two", DataSource.class, Boot::memory, definition -> definition.setPrimary(true))
        .run(
            context ->
                assertThat(context.getBean(Ledger.class).dataSource())
                    .isSameAs(context.getBean("two")));
  }

  @Test
  void without_one_database_the_ledger_is_in_a_folder() {
    Boot.starter().run(context -> context.getBean(Ledger.class).session(KEY));
    assertThat(Path.of("ledger-data/ledger.mv.db")).isNotEmptyFile();
    Boot.starter()
        .withPropertyValues("session-ledger.views.enabled=false")
        .withBean("one", DataSource.class, Boot::memory)
        .withBean("two", DataSource.class, Boot::memory)
        .run(context -> assertThat(context.getBean(Ledger.class).isAlone()).isTrue());
  }

  @Test
  void properties_say_how_it_is_opened() {
    Boot.bare(folder)
        .withPropertyValues(
            "session-ledger.durability=power-loss",
            "session-ledger.component=gateway",
            "session-ledger.instance=gateway-7",
            "session-ledger.keep-alive=30s")
        .run(
            context -> {
              LedgerOptions options = context.getBean(Ledger.class).options();
              assertThat(options.durability()).isEqualTo(Durability.POWER_LOSS);
              assertThat(options.source()).isEqualTo(new Source("gateway", "gateway-7", null));
              assertThat(options.keepAlive()).isEqualTo(Duration.ofSeconds(30));
            });
  }

  @Test
  void who_says_nothing_is_called_as_the_application_and_anew_each_time() {
    ApplicationContextRunner runner =
        Boot.bare(folder).withPropertyValues("spring.application.name=shop");
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      runner.run(context -> sources.add(context.getBean(Ledger.class).options().source()));
    }
    assertThat(sources).extracting(Source::component).containsOnly("shop");
    assertThat(sources).extracting(Source::instance).doesNotHaveDuplicates().doesNotContainNull();
  }

  @Test
  void the_application_s_own_ledger_stays() {
    Boot.starter(folder)
        .withBean("mine", Ledger.class, () -> Ledger.open(folder.resolve("mine")))
        .run(
            context -> {
              Ledger ledger = context.getBean(Ledger.class);
              assertThat(ledger).isSameAs(context.getBean("mine"));
              assertThat(ledger.queries()).isSameAs(context.getBean(Views.class).queries());
            });
    assertThat(folder.resolve("ledger.mv.db")).doesNotExist();
  }

  @Test
  void the_application_s_own_options_stay() {
    Source source = new Source("mine", "mine-1", null);
    Boot.bare(folder)
        .withBean(LedgerOptions.class, () -> LedgerOptions.defaults().with(source))
        .run(
            context ->
                assertThat(context.getBean(Ledger.class).options().source()).isEqualTo(source));
  }

  @Test
  void the_application_s_own_views_stay() {
    Boot.starter(folder)
        .withUserConfiguration(OwnViews.class)
        .run(
            context ->
                assertThat(context.getBean(Views.class).names()).containsExactly("counting"));
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnViews {
    @Bean
    Views mine(Ledger ledger) {
      return Views.open(ledger, List.of(new CountingView(ledger)));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OneViewMore {
    @Bean
    CountingView counting(Ledger ledger) {
      return new CountingView(ledger);
    }
  }

  @Test
  void a_view_of_the_application_joins_the_others() {
    Boot.starter(folder)
        .withUserConfiguration(OneViewMore.class)
        .run(
            context -> {
              Views views = context.getBean(Views.class);
              assertThat(views.names()).hasSize(5).contains("counting");
              context.getBean(Ledger.class).session(KEY);
              assertThat(views.awaitAll(PATIENCE)).isTrue();
              assertThat(
                      context
                          .getBean(Ledger.class)
                          .queries()
                          .query(new CountEvents(), Long.class)
                          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                  .isEqualTo(1);
            });
  }

  @Test
  void beans_hear_of_each_decision() {
    List<String> heard = new ArrayList<>();
    Boot.bare(folder)
        .withBean(
            DecisionListener.class,
            () -> (incoming, decision, took) -> heard.add(decision.commandType()))
        .run(context -> context.getBean(Ledger.class).session(KEY));
    assertThat(heard).containsExactly("OpenSession");
  }

  @Test
  void a_watchdog_is_there_when_asked_for_also_where_beans_are_lazy() {
    Boot.starter(folder)
        .withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new LazyInitializationBeanFactoryPostProcessor()))
        .withPropertyValues(
            "session-ledger.watchdog.enabled=true", "session-ledger.watchdog.lease=10ms")
        .run(
            context -> {
              Ledger ledger = context.getBean(Ledger.class);
              var run = ledger.session(KEY).start(new RunId("r-1"));
              Views views = context.getBean(Views.class);
              assertThat(views.awaitVersion("status", KEY, 3, PATIENCE)).isTrue();
              assertThat(ledger.reader().session(KEY).orElseThrow().status())
                  .isEqualTo(Status.INTERRUPTED);
              assertThat(run.sessionKey()).isEqualTo(KEY);
            });
  }

  /** As when a test keeps the context of another one. */
  @Test
  void a_second_context_on_the_same_folder_does_not_start() {
    Boot.starter(folder)
        .run(
            one ->
                Boot.starter(folder)
                    .run(
                        two ->
                            assertThat(two.getStartupFailure())
                                .rootCause()
                                .hasMessageContaining("is open in this program already")));
  }

  @Test
  void a_closed_context_leaves_a_closed_ledger() {
    List<Ledger> kept = new ArrayList<>();
    Boot.bare(folder).run(context -> kept.add(context.getBean(Ledger.class)));
    assertThat(kept.get(0).isOpen()).isFalse();
    assertThatThrownBy(() -> kept.get(0).session(KEY)).isInstanceOf(LedgerUnavailable.class);
    assertThatThrownBy(() -> kept.get(0).queries()).isInstanceOf(LedgerUnavailable.class);
  }
}

package org.sessionledger.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.axonframework.commandhandling.CommandExecutionException;
import org.axonframework.commandhandling.GenericCommandMessage;
import org.axonframework.commandhandling.gateway.CommandGateway;
import org.axonframework.config.Configuration;
import org.axonframework.config.Configurer;
import org.axonframework.config.DefaultConfigurer;
import org.axonframework.messaging.MetaData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sessionledger.core.identity.RunId;
import org.sessionledger.core.identity.SessionKey;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Incoming;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.Reason;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Verdict;
import org.sessionledger.core.testing.Order;

/** The ledger inside a program that runs Axon itself, and the other ways to hand commands in. */
class LedgerCommandsTest {

  private static final SessionKey KEY = new SessionKey("agent:main");

  @TempDir Path folder;

  @Test
  void a_program_s_own_command_gateway_takes_the_ledger_s_commands() {
    try (Ledger ledger = Ledger.open(folder)) {
      Configurer configurer = DefaultConfigurer.defaultConfiguration(false);
      ledger.commands().configureModule(configurer);
      Configuration axon = configurer.start();
      CommandGateway gateway = axon.commandGateway();

      Decision opened = gateway.sendAndWait(new SessionCommand.OpenSession(KEY, null, null, null));
      assertThat(opened.verdict()).isEqualTo(Verdict.ACCEPTED);
      Decision refused =
          gateway.sendAndWait(
              new SessionCommand.CompleteRun(KEY, null, null, new RunId("r-1"), null));
      assertThat(refused.refusal().reason()).isEqualTo(Reason.UNKNOWN_RUN);
      GenericCommandMessage<Object> reset =
          new GenericCommandMessage<>(
              new SessionCommand.ResetSession(KEY, null, null, null),
              MetaData.with(LedgerCommands.PROVENANCE, Provenance.from("console", "c-1")));
      Decision done = gateway.sendAndWait(reset);
      assertThat(done.commandId().value()).isEqualTo(reset.getIdentifier());
      assertThat(ledger.reader().event(KEY, 2).orElseThrow().provenance().source().component())
          .isEqualTo("console");

      ledger.close();
      assertThatThrownBy(
              () -> gateway.sendAndWait(new SessionCommand.CloseSession(KEY, null, null)))
          .isInstanceOfAny(LedgerUnavailable.class, CommandExecutionException.class);
      axon.shutdown();
    }
  }

  @Test
  void many_at_once_are_decided_in_their_order() {
    try (Ledger ledger = Ledger.open(folder)) {
      List<Incoming> batch = new ArrayList<>();
      batch.add(Order.open("k", "s-1").incoming());
      for (int i = 0; i < 1_500; i++) {
        batch.add(Order.start("k", "s-1", "r-" + i).incoming());
        batch.add(Order.complete("k", "r-" + i).incoming());
      }
      batch.add(Order.complete("k", "nobody").incoming());
      List<Decision> decisions = ledger.decideAll(batch);
      assertThat(decisions).hasSameSizeAs(batch);
      for (int i = 0; i < batch.size() - 1; i++) {
        assertThat(decisions.get(i).verdict()).isEqualTo(Verdict.ACCEPTED);
        assertThat(decisions.get(i).commandId()).isEqualTo(batch.get(i).commandId());
      }
      assertThat(decisions.get(batch.size() - 1).verdict()).isEqualTo(Verdict.REJECTED);
      assertThat(ledger.decideAll(List.of())).isEmpty();
      assertThat(ledger.waiting()).isZero();
    }
  }

  @Test
  void a_listener_hears_of_each_decision_before_its_sender_and_may_fail() {
    List<String> heard = new ArrayList<>();
    LedgerOptions options =
        LedgerOptions.defaults()
            .and(
                (incoming, decision, took) -> {
                  heard.add(decision.commandType() + " " + decision.verdict().code());
                  assertThat(took).isPositive();
                  throw new IllegalStateException("a listener that fails, on purpose");
                })
            .and((incoming, decision, took) -> heard.add("too"));
    try (Ledger ledger = Ledger.open(folder, options)) {
      Order.open("k", "s-1").to(ledger);
      assertThat(heard).containsExactly("OpenSession accepted", "too");
      Order.open("k", "s-1").dryRun().to(ledger);
      Order.complete("k", "nobody").to(ledger);
      assertThat(heard)
          .containsExactly("OpenSession accepted", "too", "CompleteRun rejected", "too");
    }
  }

  @Test
  void without_views_on_the_class_path_questions_say_what_is_missing() {
    try (Ledger ledger = Ledger.open(folder)) {
      assertThatThrownBy(ledger::queries)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("add session-ledger-status");
    }
  }
}

package org.sessionledger.core.ledger;

import java.util.Arrays;
import java.util.stream.Stream;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandMessage;
import org.axonframework.config.Configurer;
import org.axonframework.config.ConfigurerModule;
import org.axonframework.lifecycle.Phase;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;

/** The ledger's commands on the command bus of a program that runs Axon itself. */
public final class LedgerCommands implements ConfigurerModule {

  /** Metadata key of a command's {@link Provenance}. */
  public static final String PROVENANCE = "provenance";

  private final Ledger ledger;

  LedgerCommands(Ledger ledger) {
    this.ledger = ledger;
  }

  /** As one of Axon's modules: the commands are there when Axon starts. */
  @Override
  public void configureModule(Configurer configurer) {
    configurer.onInitialize(
        axon ->
            axon.onStart(
                Phase.LOCAL_MESSAGE_HANDLER_REGISTRATIONS, () -> subscribeTo(axon.commandBus())));
  }

  /** Puts the commands on a bus; they are refused there when the ledger is closed. */
  public void subscribeTo(CommandBus bus) {
    types(SessionCommand.class).forEach(type -> bus.subscribe(type.getName(), this::decide));
  }

  private Decision decide(CommandMessage<?> message) {
    Provenance provenance =
        message.getMetaData().get(PROVENANCE) instanceof Provenance told ? told : Provenance.NONE;
    return ledger.decide(
        Arrival.of(
            new CommandId(message.getIdentifier()),
            (SessionCommand) message.getPayload(),
            provenance));
  }

  private static Stream<Class<?>> types(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(LedgerCommands::types)
        : Stream.of(type);
  }
}

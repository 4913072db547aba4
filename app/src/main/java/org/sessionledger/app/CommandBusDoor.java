package org.sessionledger.app;

import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.axonframework.commandhandling.CommandBus;
import org.axonframework.commandhandling.CommandMessage;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.ledger.Ledger;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Decision;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;

/**
 * Makes the ledger's commands reachable on Axon's command bus. A message's identifier is the
 * command id, its metadata may bring a {@link Provenance}; the result is the {@link Decision}, a
 * refusal included.
 */
final class CommandBusDoor {

  /** Metadata key of a command's {@link Provenance}. */
  static final String PROVENANCE = "provenance";

  private final Ledger ledger;

  CommandBusDoor(Ledger ledger) {
    this.ledger = ledger;
  }

  void subscribeTo(CommandBus bus) {
    types(SessionCommand.class).forEach(type -> bus.subscribe(type.getName(), this::decide));
  }

  private Decision decide(CommandMessage<?> message) {
    Provenance provenance =
        message.getMetaData().get(PROVENANCE) instanceof Provenance told ? told : Provenance.NONE;
    try {
      return ledger
          .submit(
              Arrival.of(
                  new CommandId(message.getIdentifier()),
                  (SessionCommand) message.getPayload(),
                  provenance))
          .join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException failure ? failure : e;
    }
  }

  private static Stream<Class<?>> types(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(CommandBusDoor::types)
        : Stream.of(type);
  }
}

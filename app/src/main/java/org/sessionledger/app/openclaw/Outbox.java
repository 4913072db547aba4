package org.sessionledger.app.openclaw;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sessionledger.core.identity.CommandId;
import org.sessionledger.core.identity.Text;
import org.sessionledger.core.session.Arrival;
import org.sessionledger.core.session.Provenance;
import org.sessionledger.core.session.SessionCommand;
import org.sessionledger.core.session.Source;

/** Collects the commands of one frame and writes their provenance. */
final class Outbox {

  private static final String COMPONENT = "openclaw";

  /** The years that every clock, log and database can write. */
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  private final GatewayProcess process;
  private List<Translated> commands = new ArrayList<>();

  /** The process that sent the frame at hand; it may have died since, when the frame was held. */
  @Nullable String instance;

  Outbox(GatewayProcess process) {
    this.process = process;
  }

  void put(CommandId id, SessionCommand command, Place place, @Nullable Long ts, String why) {
    commands.add(new Translated(place, arrival(id, command, place, ts, why), false));
  }

  void putProjected(
      CommandId id, SessionCommand command, Place place, @Nullable Long ts, String why) {
    commands.add(new Translated(place, arrival(id, command, place, ts, why), true));
  }

  List<Translated> take() {
    List<Translated> taken = commands;
    commands = new ArrayList<>();
    return taken;
  }

  private Arrival arrival(
      CommandId id, SessionCommand command, Place place, @Nullable Long ts, String why) {
    String reason = why + ", " + place;
    Source source = new Source(COMPONENT, instance, process.host());
    return Arrival.of(
        id,
        command,
        new Provenance(source, null, Text.cut(reason, Text.NOTE_MAX), occurredAt(ts), null));
  }

  private static @Nullable Instant occurredAt(@Nullable Long ts) {
    if (ts == null) {
      return null;
    }
    Instant at = Instant.ofEpochMilli(ts);
    return at.isBefore(EARLIEST) || at.isAfter(LATEST) ? null : at;
  }
}

package org.sessionledger.app.openclaw.doctor;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.ListedRows;
import org.sessionledger.app.openclaw.ShownSession;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.app.openclaw.follow.GatewayReader;
import org.sessionledger.core.identity.SessionKey;

/** A gateway that runs. */
public record LivePatient(GatewayReader gateway) implements Patient {

  @Override
  public String kind() {
    return "gateway";
  }

  @Override
  public @Nullable String version() {
    return gateway.version();
  }

  @Override
  public boolean rows(Consumer<ShownSession> each, Listener listener)
      throws GatewayError, InterruptedException {
    long[] rows = {0};
    return gateway.list(
        page -> {
          ListedRows.each(page, each, listener::unreadable);
          rows[0] += page.path("sessions").size();
          listener.progress("listing", rows[0]);
        });
  }

  @Override
  public boolean moves() {
    return true;
  }

  @Override
  public @Nullable ShownSession session(SessionKey key, Listener listener)
      throws GatewayError, InterruptedException {
    ShownSession shown = ListedRows.described(gateway.describe(key), listener::unreadable);
    // A gateway may know the session under another name for the key; that is another session here.
    return shown == null || !shown.key().equals(key) ? null : shown;
  }

  @Override
  public void rest(Duration duration) throws GatewayError, InterruptedException {
    gateway.rest(duration);
  }
}

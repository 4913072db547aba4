package org.sessionledger.app.openclaw.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.ShownSession;
import org.sessionledger.app.openclaw.disk.StoreRows;
import org.sessionledger.core.identity.SessionKey;

/**
 * What a gateway keeps on disk.
 *
 * @param agent only this one's; null: all
 */
public record StoredPatient(Path folder, @Nullable String agent) implements Patient {

  @Override
  public String kind() {
    return "store";
  }

  @Override
  public @Nullable String version() {
    return null;
  }

  @Override
  public boolean rows(Consumer<ShownSession> each, Listener listener) throws IOException {
    StoreRows.each(
        folder,
        agent,
        each,
        new StoreRows.Listener() {
          @Override
          public void torn(String where, String what) {
            listener.torn(where + ": " + what);
          }

          @Override
          public void unreadable(String where, String problem) {
            listener.unreadable(where + ": " + problem);
          }

          @Override
          public void progress(String what, long done, long total) {
            listener.progress(what, done);
          }
        });
    return true;
  }

  @Override
  public boolean moves() {
    return false;
  }

  @Override
  public @Nullable ShownSession session(SessionKey key, Listener listener) {
    return null;
  }

  @Override
  public void rest(Duration duration) {
    // Files do not move by themselves.
  }
}

package org.sessionledger.app.openclaw.doctor;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.ShownSession;
import org.sessionledger.app.openclaw.follow.GatewayError;
import org.sessionledger.core.identity.SessionKey;

/** Who is examined: a gateway that runs, or the files of one. It is only looked at. */
public sealed interface Patient permits LivePatient, StoredPatient {

  /** Hears what is odd about the patient itself. */
  interface Listener {

    /** Something that cannot be read, and is skipped. */
    void unreadable(String problem);

    /** A file whose name and whose records disagree. */
    void torn(String what);

    /** Rows or files have been read. */
    void progress(String what, long done);
  }

  /** {@code gateway} or {@code store}. */
  String kind();

  /** The version of OpenClaw; null where it does not say. */
  @Nullable String version();

  /**
   * Shows every session, one after the other.
   *
   * @return false when that were not all
   */
  boolean rows(Consumer<ShownSession> each, Listener listener)
      throws GatewayError, IOException, InterruptedException;

  /**
   * Whether it goes on while it is looked at. Then only what disagrees twice, and has not moved in
   * between, disagrees.
   */
  boolean moves();

  /** One session by its key, listed or not; null when there is none, or nobody can tell. */
  @Nullable ShownSession session(SessionKey key, Listener listener)
      throws GatewayError, InterruptedException;

  /** Lets time pass, or none: a gateway wants to be listened to while other work is done. */
  void rest(Duration duration) throws GatewayError, InterruptedException;
}

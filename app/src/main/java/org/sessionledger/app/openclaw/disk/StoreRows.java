package org.sessionledger.app.openclaw.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sessionledger.app.openclaw.ShownSession;

/** What a gateway's files show of its sessions. They are only read. */
public final class StoreRows {

  /** Hears what is there besides the sessions. */
  public interface Listener extends ImportListener {

    /** A file whose name and whose records disagree. */
    void torn(String where, String what);
  }

  private StoreRows() {}

  /**
   * Reads a folder, as an import does: the gateway's state folder, an agent's folder in it, or one
   * that holds a {@code sessions.json}.
   *
   * @param agent reads only this one; null: all
   * @throws IOException when the folder itself cannot be read
   */
  public static void each(
      Path folder, @Nullable String agent, Consumer<ShownSession> each, Listener listener)
      throws IOException {
    Findings findings = new Told(listener);
    Folder root = new Folder(folder, findings);
    for (AgentFolder found : AgentFolder.find(root, agent)) {
      Store store = found.read(root, findings, listener);
      Historian historian = new Historian(store, findings);
      for (Store.Session session : store.sessions.values()) {
        Row row = session.row;
        if (row != null) {
          each.accept(shown(row, historian.history(session)));
        }
      }
    }
  }

  private static ShownSession shown(Row row, @Nullable History history) {
    List<ShownSession.Recorded> recorded =
        history == null
            ? List.of()
            : history.claims().stream()
                .map(
                    claim -> {
                      Order asked = Planner.question(row.key(), claim);
                      return new ShownSession.Recorded(
                          asked.where(), Words.whole(claim.what()), asked.arrival());
                    })
                .toList();
    return new ShownSession(
        row.key(),
        row.shown(),
        "running".equals(row.status()) && row.runId() != null ? List.of(row.runId()) : List.of(),
        Words.whole(row.where().toString()),
        recorded);
  }

  private record Told(Listener listener) implements Findings {

    @Override
    public void unreadable(Where where, String problem) {
      listener.unreadable(Words.whole(where.toString()), Words.whole(problem));
    }

    @Override
    public void torn(Where where, String what) {
      listener.torn(Words.whole(where.toString()), Words.whole(what));
    }
  }
}

package org.sessionledger.app.openclaw.disk;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one agent's records are.
 *
 * @param sessions the folder of {@code sessions.json} and the transcripts
 * @param database the agent's SQLite file
 * @param shared the SQLite file that all agents share
 */
record AgentFolder(
    String name, @Nullable Path sessions, @Nullable Path database, @Nullable Path shared) {

  private static final String ROWS = "sessions.json";

  /** The agents below a folder, by name. */
  static List<AgentFolder> find(Folder folder, @Nullable String only) {
    Path root = folder.root();
    List<AgentFolder> found = new ArrayList<>();
    Path agents = root.resolve("agents");
    if (folder.isFolder(agents)) {
      Path shared = file(folder, root.resolve("state").resolve("openclaw.sqlite"));
      for (Path agent : folder.list(agents)) {
        String name = String.valueOf(agent.getFileName());
        if ((only == null || only.equals(name)) && folder.isFolder(agent)) {
          add(found, at(folder, agent, name, shared));
        }
      }
      return found;
    }
    String name = only == null ? String.valueOf(root.getFileName()) : only;
    add(found, at(folder, root, name, null));
    if (found.isEmpty() && folder.isFile(root.resolve(ROWS))) {
      found.add(new AgentFolder(name, root, null, null));
    }
    return found;
  }

  /** What the records tell. */
  Store read(Folder root, Findings findings, ImportListener listener) {
    Store store = new Store(name);
    long[] files = {0};
    if (sessions != null) {
      new TextStoreReader(
              root, store, findings, () -> listener.progress("reading " + name, ++files[0], 0))
          .read(sessions);
    }
    SqliteStoreReader sqlite = new SqliteStoreReader(root, findings);
    if (database != null) {
      listener.progress("reading " + name, ++files[0], 0);
      sqlite.agent(database, store);
    }
    if (shared != null) {
      sqlite.audit(shared, store);
    }
    return store;
  }

  private static void add(List<AgentFolder> found, AgentFolder agent) {
    if (agent.sessions() != null || agent.database() != null) {
      found.add(agent);
    }
  }

  private static AgentFolder at(Folder folder, Path agent, String name, @Nullable Path shared) {
    Path sessions = agent.resolve("sessions");
    boolean inFiles = folder.isFolder(sessions);
    Path database = null;
    Path holder = agent.resolve("agent");
    if (folder.isFolder(holder)) {
      database = file(folder, holder.resolve("openclaw-agent.sqlite"));
    }
    return new AgentFolder(name, inFiles ? sessions : null, database, shared);
  }

  private static @Nullable Path file(Folder folder, Path file) {
    Path parent = file.getParent();
    return parent != null && folder.isFolder(parent) && folder.isFile(file) ? file : null;
  }
}

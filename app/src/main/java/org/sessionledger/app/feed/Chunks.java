package org.sessionledger.app.feed;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A window's chunks; most readers are equally far, so each is put together once. */
final class Chunks {

  /** Bytes that a reader is given at once; what it does not take waits in the web server. */
  private static final int CHUNK_BYTES = 32 * 1024;

  /** Chunks that are kept for other readers. */
  private static final int KEPT_MAX = 64;

  private record Place(long position, @Nullable String prefix) {}

  private final Window window;
  private final Map<Place, Window.Chunk> kept = new HashMap<>();

  Chunks(Window window) {
    this.window = window;
  }

  Window.Chunk after(long position, @Nullable String prefix) {
    Place place = new Place(position, prefix);
    Window.Chunk chunk = kept.get(place);
    if (chunk == null) {
      chunk = window.chunk(position, prefix, CHUNK_BYTES);
      if (kept.size() < KEPT_MAX) {
        kept.put(place, chunk);
      }
    }
    return chunk;
  }
}

package org.sessionledger.core.store;

import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the entries that were used last. */
final class Recent<K, V> extends LinkedHashMap<K, V> {

  private static final long serialVersionUID = 1L;

  private final int keptMax;

  Recent(int keptMax) {
    super(1_024, 0.75f, true);
    this.keptMax = keptMax;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > keptMax;
  }
}

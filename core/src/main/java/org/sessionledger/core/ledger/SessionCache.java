package org.sessionledger.core.ledger;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.axonframework.common.Registration;
import org.axonframework.common.caching.Cache;
import org.sessionledger.core.identity.SessionKey;

/**
 * Sessions that the deciding thread has in memory. Nothing is evicted by itself: a session whose
 * events are decided and not written yet must be found here again, so room is made between groups.
 */
// Axon's interface leaves types and nulls to the caller.
@SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"})
final class SessionCache implements Cache {

  private static final int KEPT_MAX = 20_000;

  private final Map<Object, Object> entries = new LinkedHashMap<>(1_024, 0.75f, true);

  /** Drops the sessions that were not used for the longest time. */
  void trim() {
    var eldest = entries.keySet().iterator();
    while (entries.size() > KEPT_MAX && eldest.hasNext()) {
      eldest.next();
      eldest.remove();
    }
  }

  /** Drops copies that may be wrong. */
  void drop(Collection<SessionKey> keys) {
    keys.forEach(key -> entries.remove(key.value()));
  }

  @Override
  public <K, V> V get(K key) {
    return (V) entries.get(key);
  }

  @Override
  public void put(Object key, Object value) {
    entries.put(key, value);
  }

  @Override
  public boolean putIfAbsent(Object key, Object value) {
    return entries.putIfAbsent(key, value) == null;
  }

  @Override
  public boolean remove(Object key) {
    return entries.remove(key) != null;
  }

  @Override
  public void removeAll() {
    entries.clear();
  }

  @Override
  public boolean containsKey(Object key) {
    return entries.containsKey(key);
  }

  @Override
  public Registration registerCacheEntryListener(EntryListener listener) {
    return () -> true;
  }
}

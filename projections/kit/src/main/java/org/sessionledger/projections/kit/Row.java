package org.sessionledger.projections.kit;

/**
 * One row of a view.
 *
 * @param <K> what names the row; a value with {@code equals}
 */
public interface Row<K> {

  K key();

  /** The session's version that changed the row last; it never goes back. */
  long version();

  /** The number of the generation that the row tells of; it never goes back. */
  long generation();
}

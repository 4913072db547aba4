package org.sessionledger.projections.kit;

/**
 * One view: a table that is folded from the accepted events alone, and the questions that it
 * answers. A view is also a query handler: its {@code @QueryHandler} methods can be called as they
 * are, or be asked over Axon's query bus.
 *
 * <p>Which table serves the questions changes when the view is rebuilt; {@link Serving} knows it.
 */
public interface View {

  /**
   * Short, lower case, unique: names the processor, the table and the history of its migrations.
   */
  String name();

  /**
   * The folder on the class path with its migrations, in which {@code ${table}} is the table. They
   * make one table with a primary key and a column {@code session_no}, and nothing that has a name
   * without {@code ${table}} in it.
   */
  default String migrations() {
    return "db/view/" + name();
  }

  /** False when it needs nothing but the events themselves: a rebuild then reads less. */
  default boolean readsCommands() {
    return true;
  }

  /**
   * How events become rows.
   *
   * @param table the table to fill: the one that serves, or another one that takes its place later
   */
  RowFold<?, ?> fold(String table);
}

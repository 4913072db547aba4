package org.sessionledger.projections.kit;

/**
 * One view: a table that is folded from the accepted events alone, and the questions that it
 * answers. A view is also a query handler: its {@code @QueryHandler} methods can be called as they
 * are, or be asked over Axon's query bus.
 */
public interface View {

  /**
   * Short, lower case, unique: names the processor, the table and the history of its migrations.
   */
  String name();

  /** The folder on the class path with its migrations, in which {@code ${table}} is the table. */
  default String migrations() {
    return "db/view/" + name();
  }

  /** The table that serves queries. */
  default String table() {
    return "view_" + name();
  }

  /**
   * How events become rows.
   *
   * @param table the table to fill: the one that serves, or another one that takes its place later
   */
  Fold fold(String table);
}

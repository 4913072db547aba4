package org.sessionledger.bench;

/** One group of rows of the table. */
interface Part {

  String name();

  void run(Database database, Options options, Report report) throws Exception;
}

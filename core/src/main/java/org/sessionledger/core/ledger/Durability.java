package org.sessionledger.core.ledger;

/** What a decision survives, in a data folder, once its caller holds it. */
public enum Durability {

  /** The end of this process, however sudden: the operating system has it. */
  PROCESS_CRASH,

  /** The end of the machine, too: the disk has it. One wait for the disk a group. */
  POWER_LOSS
}

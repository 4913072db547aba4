/**
 * What may happen to a server: it is killed, stopped, interrupted, its database goes away, its disk
 * is full. Read {@link org.sessionledger.app.faults.Load} first.
 */
package org.sessionledger.app.faults;

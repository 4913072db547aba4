/**
 * The ledger in a Spring Boot application: its beans, properties, health and meters. Read {@link
 * org.sessionledger.spring.SessionLedgerAutoConfiguration} first.
 */
@NullMarked
package org.sessionledger.spring;

import org.jspecify.annotations.NullMarked;

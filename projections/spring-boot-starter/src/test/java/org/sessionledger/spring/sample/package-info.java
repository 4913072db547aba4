/** A small runtime of agents as an application would write it; docs/spring-boot.md shows it. */
package org.sessionledger.spring.sample;

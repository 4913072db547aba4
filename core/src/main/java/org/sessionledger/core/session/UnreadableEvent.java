package org.sessionledger.core.session;

/**
 * Stands in a message for an event that this version cannot read: damage, or written by a newer
 * one. Who gets it must not pass over it as if nothing had happened.
 *
 * @param why what {@link EventJson#read} said
 */
public record UnreadableEvent(String type, String why) {}

import type { Session } from "./types.js";

/**
 * The newer of two states of one session. A state never goes back: not to an older generation, and
 * not to an older version, whichever way it came.
 */
export function newer(known: Session | undefined, frame: Session): Session {
  return known === undefined ||
    (frame.generation >= known.generation && frame.version > known.version)
    ? frame
    : known;
}

/** Sessions as they are now, from messages and answers in whatever order they arrive. */
export class Sessions {
  private readonly states = new Map<string, Session>();
  private stale = 0;

  /** False when it is not newer than what is there; then nothing changes. */
  apply(frame: Session): boolean {
    const known = this.states.get(frame.sessionKey);
    if (newer(known, frame) !== frame) {
      this.stale++;
      return false;
    }
    this.states.set(frame.sessionKey, frame);
    return true;
  }

  get(sessionKey: string): Session | undefined {
    return this.states.get(sessionKey);
  }

  all(): Session[] {
    return [...this.states.values()];
  }

  /** How many frames were dropped because they were not newer. */
  get dropped(): number {
    return this.stale;
  }
}

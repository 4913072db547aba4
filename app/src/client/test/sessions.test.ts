import assert from "node:assert/strict";
import { test } from "node:test";
import { newer, Sessions } from "../src/sessions.js";
import type { Session } from "../src/types.js";

function session(sessionKey: string, generation: number, version: number): Session {
  return { sessionKey, sessionId: `s-${generation}`, generation, version } as Session;
}

/** The same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

test("a frame that is not newer is dropped and counted", () => {
  const sessions = new Sessions();
  assert.equal(sessions.apply(session("k", 2, 5)), true);
  for (const [generation, version] of [[2, 5], [2, 4], [1, 4], [1, 9], [2, 1]] as const) {
    assert.equal(sessions.apply(session("k", generation, version)), false);
  }
  assert.equal(sessions.dropped, 5);
  assert.equal(sessions.apply(session("other", 1, 1)), true);
  assert.equal(sessions.apply(session("k", 2, 6)), true);
  assert.equal(sessions.apply(session("k", 3, 7)), true);
  assert.deepEqual(sessions.all(), [session("k", 3, 7), session("other", 1, 1)]);
});

test("a late frame of an ended generation never comes back, whatever its version", () => {
  const now = session("k", 2, 7);
  assert.equal(newer(now, session("k", 1, 8)), now);
});

test("seed 7: frames in any order and any number of times end in the newest", () => {
  const next = random(7);
  for (let round = 0; round < 50; round++) {
    const history = Array.from({ length: 40 }, (_, i) => session("k", 1 + Math.floor(i / 9), i + 1));
    const sessions = new Sessions();
    let seen = 0;
    for (let i = 0; i < 200; i++) {
      sessions.apply(history[Math.floor(next() * history.length)]!);
      const version = sessions.get("k")!.version;
      assert.ok(version >= seen);
      seen = version;
    }
    sessions.apply(history.at(-1)!);
    assert.deepEqual(sessions.get("k"), history.at(-1));
  }
});

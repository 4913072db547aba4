import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LedgerClient, LedgerProblem, type Message, type Session, Sessions } from "../src/index.js";
import { CuttingProxy, Server } from "./server.js";

const server = new Server();
const proxy = new CuttingProxy();
let client: LedgerClient;
let cutting: LedgerClient;

before(async () => {
  await server.start();
  await proxy.start(() => server.port);
  client = new LedgerClient(`http://127.0.0.1:${server.port}/`, { token: server.token });
  cutting = new LedgerClient(`http://127.0.0.1:${proxy.port}`, { token: async () => server.token });
});

after(async () => {
  await proxy.stop();
  await server.remove();
});

const HASTE = { first: 5, longest: 50 };

async function take<T>(feed: AsyncGenerator<Message<T>>, count: number): Promise<Message<T>[]> {
  const messages: Message<T>[] = [];
  for await (const message of feed) {
    messages.push(message);
    if (messages.length === count) {
      break;
    }
  }
  return messages;
}

test("without a good token nothing is told, and a feed does not try for ever", async () => {
  for (const token of [undefined, "slt_nonsense"]) {
    const stranger = new LedgerClient(`http://127.0.0.1:${server.port}`, token === undefined ? {} : { token });
    const refused = (e: unknown): boolean => e instanceof LedgerProblem && e.status === 401;
    await assert.rejects(stranger.stats(), refused);
    await assert.rejects(stranger.send({ type: "OpenSession", sessionKey: "stranger" }), refused);
    await assert.rejects(take(stranger.changes(), 1), refused);
  }
});

test("commands and queries, whatever the key", async () => {
  for (const key of ["agent:main:a/b", "...", "100% ?&#+ é", "a/../b", "%2E"]) {
    const opened = await client.send({ type: "OpenSession", sessionKey: key, sessionId: "s-1" });
    assert.equal(opened.verdict, "accepted");
    const session = await client.session(key, { minVersion: 1 });
    assert.equal(session.sessionKey, key);
    assert.equal(session.generation, 1);
  }
  const key = "agent:main:a/b";
  const outcomes = await client.sendAll([
    { type: "StartRun", sessionKey: key, sessionId: "s-1", runId: "r-1" },
    { type: "ResetSession", sessionKey: key, newSessionId: "s-2", reason: "stuck" },
    { type: "FailRun", sessionKey: key, runId: "r-1", errorMessage: "too late" },
  ]);
  assert.deepEqual(
    outcomes.map((outcome) => ("verdict" in outcome ? outcome.verdict : undefined)),
    ["accepted", "accepted", "rejected"],
  );
  const refused = await client.send({ type: "CompleteRun", sessionKey: key, runId: "r-1" });
  assert.equal(refused.verdict, "rejected");
  assert.ok("reason" in refused && refused.reason === "run-superseded");
  const explained = await client.decision(refused.decisionId!);
  assert.equal(explained.reason, "run-superseded");

  assert.equal((await client.session(key, { minVersion: 3 })).status, "idle");
  assert.equal((await client.generations(key, { minVersion: 3 })).items.length, 2);
  assert.equal((await client.runs(key, { minVersion: 3 })).items[0]?.status, "superseded");
  assert.ok((await client.timeline(key, { minVersion: 3 })).items.length >= 4);
  assert.equal((await client.audit(key, { minVersion: 3 })).intact, true);
  assert.equal((await client.decisions({ sessionKey: key })).items.length, 2);
  assert.equal((await client.sessions({ prefix: "agent:main:" })).items.length, 1);
  assert.equal((await client.stats()).rejected, 2);
  assert.equal((await client.projections()).items.length, 4);
});

test("a key that is a step in a path is refused before it is sent, and can be listed", async () => {
  await client.send({ type: "OpenSession", sessionKey: "..", sessionId: "s-1" });
  assert.throws(() => client.session(".."), RangeError);
  assert.throws(() => client.runs("."), RangeError);
  let items: Session[] = [];
  while (!items.some((session) => session.sessionKey === "..")) {
    ({ items } = await client.sessions({ prefix: ".." }));
  }
});

test("what is no answer is thrown with the server's words", async () => {
  await assert.rejects(client.session("never"), (e) => {
    assert.ok(e instanceof LedgerProblem);
    assert.equal(e.status, 404);
    assert.equal(e.problem.type, "urn:session-ledger:unknown-session");
    assert.match(e.message, /never/);
    return true;
  });
  await assert.rejects(take(client.changes({ after: 1_000_000 }), 1), (e) => {
    assert.ok(e instanceof LedgerProblem);
    assert.equal(e.status, 400);
    assert.match(e.message, /another ledger/);
    return true;
  });
});

test("a feed goes on over connections that are cut anywhere, without a gap and without a repeat", async () => {
  const key = "cut";
  const start = (await client.stats()).position;
  await client.send({ type: "OpenSession", sessionKey: key, sessionId: "s-1" });
  const writing = (async () => {
    for (let i = 0; i < 20; i++) {
      await client.sendAll(
        Array.from({ length: 10 }, (_, n) => ({
          type: "StartRun" as const,
          sessionKey: key,
          sessionId: "s-1",
          runId: `r-${i}-${n}`,
        })),
      );
    }
  })();
  proxy.bytesMax = 9_001;
  const messages = await take(cutting.changes({ after: start, backOffMillis: HASTE }), 201);
  proxy.bytesMax = Number.POSITIVE_INFINITY;
  await writing;
  assert.deepEqual(
    messages.map((message) => message.id),
    Array.from({ length: 201 }, (_, i) => start + 1 + i),
  );
  assert.ok(proxy.cuts > 3, `cut ${proxy.cuts} times`);
  const sessions = new Sessions();
  messages.forEach((message) => sessions.apply(message.data));
  assert.equal(sessions.dropped, 0);
  assert.deepEqual(sessions.get(key), await client.session(key, { minVersion: 201 }));
});

test("what comes next is not lost when the first connection breaks before it comes", async () => {
  const states: string[] = [];
  let opened = (): void => {};
  const open = new Promise<void>((resolve) => (opened = resolve));
  const first = take(
    cutting.changes({
      prefix: "next",
      backOffMillis: HASTE,
      onState: (state) => {
        states.push(state);
        if (state === "open") {
          opened();
        }
      },
    }),
    1,
  );
  await open;
  proxy.refusing = true;
  proxy.cut();
  await client.send({ type: "OpenSession", sessionKey: "next", sessionId: "s-1" });
  proxy.refusing = false;
  assert.equal((await first)[0]?.data.sessionKey, "next");
  assert.deepEqual(states.slice(0, 3), ["connecting", "open", "waiting"]);
});

test("refusals are a feed, too", async () => {
  const stop = new AbortController();
  const heard: string[] = [];
  const following = (async () => {
    for await (const { data } of client.refusals({ after: 0, prefix: "cut", signal: stop.signal })) {
      heard.push(data.reason ?? "");
      if (heard.length === 2) {
        stop.abort();
      }
    }
  })();
  await client.send({ type: "CompleteRun", sessionKey: "cut", runId: "never-1" });
  await client.send({ type: "CompleteRun", sessionKey: "cut", runId: "never-2" });
  await following;
  assert.deepEqual(heard, ["unknown-run", "unknown-run"]);
});

test("a feed goes on after a restart of the server, and the screen ends where the server is", async () => {
  const key = "restart";
  const screen = new Sessions();
  const ids: number[] = [];
  const start = (await client.stats()).position;
  const follow = (async () => {
    for await (const { id, data } of client.changes({ after: start, backOffMillis: HASTE })) {
      ids.push(id);
      screen.apply(data as Session);
      if (data.sessionKey === key && data.generation === 2) {
        break;
      }
    }
  })();
  await client.send({ type: "OpenSession", sessionKey: key, sessionId: "s-1" });
  await client.send({ type: "StartRun", sessionKey: key, sessionId: "s-1", runId: "r-1" });
  await server.stop();
  await server.start();
  await client.send({ type: "ResetSession", sessionKey: key, newSessionId: "s-2" });
  await follow;
  assert.deepEqual(ids, [start + 1, start + 2, start + 3]);
  assert.deepEqual(screen.get(key), await client.session(key, { minVersion: 3 }));
});

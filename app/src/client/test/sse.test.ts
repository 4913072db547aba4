import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameParser } from "../src/sse.js";

const TEXT =
  "retry: 1000\n: position 3\n\nid: 4\nevent: session.changed\ndata: {\"a\":\"ä\"}\n\n" +
  "id: 5\r\ndata: one\r\ndata:two\r\n\r\n: position 5\r\rdata\n\n\n\nid: 6\ndata: cut";

const FRAMES = [
  { retry: 1000, comment: "position 3" },
  { id: "4", event: "session.changed", data: '{"a":"ä"}' },
  { id: "5", data: "one\ntwo" },
  { comment: "position 5" },
  { data: "" },
];

test("frames are the same wherever the text is cut", () => {
  for (let first = 0; first <= TEXT.length; first++) {
    for (let second = first; second <= TEXT.length; second += 7) {
      const parser = new FrameParser();
      const frames = [
        ...parser.push(TEXT.slice(0, first)),
        ...parser.push(TEXT.slice(first, second)),
        ...parser.push(TEXT.slice(second)),
      ];
      assert.deepEqual(frames, FRAMES, `cut at ${first} and ${second}`);
    }
  }
});

test("what has no meaning is ignored", () => {
  assert.deepEqual(new FrameParser().push("color: red\nretry: soon\nid: 7\ndata: x\n\n"), [
    { id: "7", data: "x" },
  ]);
});

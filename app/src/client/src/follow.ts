import { LedgerProblem } from "./problem.js";
import { FrameParser, type Frame } from "./sse.js";

/** One message of a live feed. */
export interface Message<T> {
  /** Where the feed goes on after this message: keep it, and give it as `after` next time. */
  readonly id: number;
  readonly data: T;
}

export type FeedState = "connecting" | "open" | "waiting";

export interface FollowOptions {
  /** What the session keys begin with; absent: every session. */
  readonly prefix?: string;
  /** The id of the newest message that is known already; 0: from the beginning; absent: what comes next. */
  readonly after?: number;
  /** Ends the feed, without an error. */
  readonly signal?: AbortSignal;
  /** Told of each change, with what went wrong when it waits to connect again. */
  readonly onState?: (state: FeedState, problem?: unknown) => void;
  /** Silence after which a connection is taken for dead; the server's heart beats every 15 s. */
  readonly silenceMillis?: number;
  /** The first and the longest wait before it connects again. */
  readonly backOffMillis?: { readonly first: number; readonly longest: number };
}

const SILENCE_MILLIS = 45_000;
const BACK_OFF_MILLIS = { first: 250, longest: 30_000 };
const POSITION = /^position ([0-9]+)$/;

/**
 * Follows a live feed for as long as it is asked for messages: connects again whenever the
 * connection ends, and goes on after the last message, without a gap and without a repeat.
 *
 * @throws LedgerProblem when the server refuses for good, such as an `after` of another ledger
 */
export async function* follow<T>(
  connect: (after: number | undefined, signal: AbortSignal) => Promise<Response>,
  options: FollowOptions,
): AsyncGenerator<Message<T>, void, void> {
  const { signal, onState } = options;
  const backOff = options.backOffMillis ?? BACK_OFF_MILLIS;
  let last = options.after;
  let pause = backOff.first;
  let wait = pause;
  while (!signal?.aborted) {
    const connection = new Connection(signal, options.silenceMillis ?? SILENCE_MILLIS);
    let problem: unknown;
    try {
      onState?.("connecting");
      const answer = await connect(last, connection.signal);
      if (!answer.ok || answer.body === null) {
        throw await LedgerProblem.of(answer);
      }
      let open = false;
      for await (const frame of connection.frames(answer.body)) {
        // It works: the next wait is a short one again, as short as the server wishes.
        pause = frame.retry ?? pause;
        wait = pause;
        const position = frame.comment === undefined ? null : POSITION.exec(frame.comment);
        if (position !== null) {
          last = Math.max(last ?? 0, Number(position[1]));
        }
        if (!open) {
          // The first frame tells the place: from now on nothing can be lost.
          open = true;
          onState?.("open");
        }
        const id = Number(frame.id);
        if (frame.data !== undefined && frame.id !== undefined && id > (last ?? 0)) {
          const data = JSON.parse(frame.data) as T;
          last = id;
          yield { id, data };
        }
      }
    } catch (e) {
      problem = e;
      if (e instanceof LedgerProblem) {
        if (e.retryAfterSeconds === undefined) {
          throw e;
        }
        wait = Math.max(wait, 1_000 * e.retryAfterSeconds);
      } else if (e instanceof SyntaxError) {
        throw e;
      }
    } finally {
      connection.end();
    }
    if (!signal?.aborted) {
      onState?.("waiting", problem);
      // Not all at once when a server comes back.
      await sleep(wait * (0.5 + Math.random()), signal);
      wait = Math.min(2 * wait, backOff.longest);
    }
  }
}

/** One connection, which ends when it is told to, or when nothing comes for too long. */
class Connection {
  private readonly controller = new AbortController();
  private readonly stop = (): void => this.controller.abort();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly outer: AbortSignal | undefined,
    private readonly silenceMillis: number,
  ) {
    outer?.addEventListener("abort", this.stop);
    this.heard();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  private heard(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.stop, this.silenceMillis);
  }

  async *frames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame, void, void> {
    const parser = new FrameParser();
    const decoder = new TextDecoder();
    const reader = body.getReader();
    while (true) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      this.heard();
      for (const frame of parser.push(decoder.decode(value, { stream: true }))) {
        // While its reader is busy, a connection is silent by its own fault.
        clearTimeout(this.timer);
        yield frame;
        this.heard();
      }
    }
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer?.removeEventListener("abort", this.stop);
    this.controller.abort();
  }
}

function sleep(millis: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal?.addEventListener("abort", done);
  });
}

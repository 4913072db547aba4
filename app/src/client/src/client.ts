import { follow, type FollowOptions, type Message } from "./follow.js";
import { LedgerProblem } from "./problem.js";
import type {
  Answer,
  Command,
  Decision,
  DecisionOutcome,
  ExplainedDecision,
  Query,
  Rejection,
  Session,
} from "./types.js";

export interface ClientOptions {
  /** Another fetch, for tests or proxies. */
  readonly fetch?: typeof fetch;
  /** A token of the ledger (`slt_…`), or a function that gives one, such as a JWT that is renewed. */
  readonly token?: string | (() => string | Promise<string>);
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks one server; every method throws {@link LedgerProblem} for what is no answer. */
export class LedgerClient {
  private readonly base: string;
  private readonly fetch: typeof fetch;
  private readonly headers: Readonly<Record<string, string>>;
  private readonly token: ClientOptions["token"];

  constructor(base: string | URL, options: ClientOptions = {}) {
    this.base = String(base).replace(/\/+$/, "");
    this.fetch = options.fetch ?? ((input, init) => fetch(input, init));
    this.headers = options.headers ?? {};
    this.token = options.token;
  }

  /** One command's decision; a rejection is one, too. */
  async send(command: Command): Promise<Decision | Rejection> {
    const answer = await this.request("/v1/commands", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(command),
    });
    if (!answer.ok) {
      const copy = answer.clone();
      const document = (await answer.json().catch(() => undefined)) as Partial<Rejection> | undefined;
      if (document?.verdict !== "rejected") {
        throw await LedgerProblem.of(copy);
      }
      return document as Rejection;
    }
    return (await answer.json()) as Decision;
  }

  /** Commands in their order, 10,000 at most; an outcome each, in the same order. */
  async sendAll(commands: readonly Command[]): Promise<DecisionOutcome[]> {
    const answer = await this.request("/v1/commands", {
      method: "POST",
      headers: { "Content-Type": "application/x-ndjson" },
      body: commands.map((command) => JSON.stringify(command)).join("\n"),
    });
    if (!answer.ok) {
      throw await LedgerProblem.of(answer);
    }
    const text = await answer.text();
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as DecisionOutcome);
  }

  sessions(query: Query<"listSessions"> = {}): Promise<Answer<"listSessions">> {
    return this.get("/v1/sessions", query);
  }

  session(sessionKey: string, query: Query<"getSession"> = {}): Promise<Session> {
    return this.get(`/v1/sessions/${segment(sessionKey)}`, query);
  }

  generations(
    sessionKey: string,
    query: Query<"listGenerations"> = {},
  ): Promise<Answer<"listGenerations">> {
    return this.get(`/v1/sessions/${segment(sessionKey)}/generations`, query);
  }

  runs(sessionKey: string, query: Query<"listRuns"> = {}): Promise<Answer<"listRuns">> {
    return this.get(`/v1/sessions/${segment(sessionKey)}/runs`, query);
  }

  timeline(sessionKey: string, query: Query<"getTimeline"> = {}): Promise<Answer<"getTimeline">> {
    return this.get(`/v1/sessions/${segment(sessionKey)}/timeline`, query);
  }

  audit(sessionKey: string, query: Query<"auditRotation"> = {}): Promise<Answer<"auditRotation">> {
    return this.get(`/v1/sessions/${segment(sessionKey)}/audit`, query);
  }

  decisions(query: Query<"listDecisions"> = {}): Promise<Answer<"listDecisions">> {
    return this.get("/v1/decisions", query);
  }

  decision(decisionId: string): Promise<ExplainedDecision> {
    return this.get(`/v1/decisions/${segment(decisionId)}`, {});
  }

  projections(): Promise<Answer<"listProjections">> {
    return this.get("/v1/projections", {});
  }

  stats(): Promise<Answer<"getStats">> {
    return this.get("/v1/stats", {});
  }

  /** Live: a message per accepted event, the session as that event left it. */
  changes(options: FollowOptions = {}): AsyncGenerator<Message<Session>, void, void> {
    return this.feed("/v1/changes", options);
  }

  /** Live: a message per refusal; its repeats are counted in the log and are no messages. */
  refusals(options: FollowOptions = {}): AsyncGenerator<Message<ExplainedDecision>, void, void> {
    return this.feed("/v1/decisions/changes", options);
  }

  private feed<T>(path: string, options: FollowOptions): AsyncGenerator<Message<T>, void, void> {
    const prefix = options.prefix === undefined ? {} : { prefix: options.prefix };
    return follow<T>(
      (after, signal) =>
        this.request(path + search(prefix), {
          signal,
          headers: {
            Accept: "text/event-stream",
            ...(after === undefined ? {} : { "Last-Event-ID": String(after) }),
          },
        }),
      options,
    );
  }

  private async get<T>(path: string, query: object): Promise<T> {
    const answer = await this.request(path + search(query), {});
    if (!answer.ok) {
      throw await LedgerProblem.of(answer);
    }
    return (await answer.json()) as T;
  }

  private async request(path: string, init: RequestInit): Promise<Response> {
    const token = typeof this.token === "function" ? await this.token() : this.token;
    return this.fetch(this.base + path, {
      ...init,
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...this.headers,
        ...(init.headers as Record<string, string> | undefined),
      },
    });
  }
}

/** A key may hold a slash. One that is a step in a path cannot be asked for: fetch takes the step. */
function segment(text: string): string {
  if (text === "." || text === "..") {
    throw new RangeError(`fetch cannot ask for '${text}' in a path; list it by its prefix`);
  }
  return encodeURIComponent(text);
}

function search(query: object): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      parts.set(name, String(value));
    }
  }
  const text = parts.toString();
  return text === "" ? "" : `?${text}`;
}

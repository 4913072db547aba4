import type { Problem } from "./types.js";

/** What the server answered instead of what was asked for: an RFC 9457 problem document. */
export class LedgerProblem extends Error {
  /** After how many seconds it may be tried again; undefined: trying again does not help. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly status: number,
    readonly problem: Problem,
    retryAfter: string | null,
  ) {
    super(problem.detail ?? problem.title ?? `HTTP status ${status}`);
    this.name = "LedgerProblem";
    const seconds = Number(retryAfter ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : status >= 500 ? 1 : undefined;
  }

  /** From an answer that is no success; one without a problem document came from something between. */
  static async of(answer: Response): Promise<LedgerProblem> {
    const text = await answer.text();
    let problem: Problem;
    try {
      problem = JSON.parse(text) as Problem;
    } catch {
      problem = {
        type: "about:blank",
        title: answer.statusText || `HTTP status ${answer.status}`,
        status: answer.status,
        detail: text.slice(0, 200) || `The answer was HTTP status ${answer.status}, without a problem.`,
      } as Problem;
    }
    return new LedgerProblem(answer.status, problem, answer.headers.get("Retry-After"));
  }
}

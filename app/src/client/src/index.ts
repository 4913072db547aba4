export { LedgerClient, type ClientOptions } from "./client.js";
export { type FeedState, type FollowOptions, type Message } from "./follow.js";
export { LedgerProblem } from "./problem.js";
export { Sessions, newer } from "./sessions.js";
export type {
  Command,
  Decision,
  DecisionOutcome,
  ExplainedDecision,
  Problem,
  Rejection,
  Session,
} from "./types.js";

/** The API's documents, as the server's OpenAPI document has them. */

import type { components, operations } from "./openapi.js";

type Schemas = components["schemas"];

export type Command = Schemas["Command"];
export type Decision = Schemas["Decision"];
export type Rejection = Schemas["Rejection"];
/** What became of one line of a batch: a decision, or the problem that kept it from being decided. */
export type DecisionOutcome = Schemas["DecisionOutcome"];
export type Session = Schemas["Session"];
export type ExplainedDecision = Schemas["ExplainedDecision"];
export type Problem = Schemas["Problem"];

/** The JSON that an operation answers with. */
export type Answer<O extends keyof operations> = operations[O] extends {
  responses: { 200: { content: { "application/json": infer A } } };
}
  ? A
  : never;

/** The query parameters of an operation. */
export type Query<O extends keyof operations> = operations[O] extends {
  parameters: { query?: infer Q };
}
  ? NonNullable<Q>
  : never;

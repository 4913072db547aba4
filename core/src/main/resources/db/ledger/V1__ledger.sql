-- Everything that was accepted, everything that was refused, and what must be known for ever.
-- One dialect for H2 and PostgreSQL. JSON is VARCHAR and not TEXT, which H2 keeps as a CLOB.
-- Keys and ids are at most 512 and 256 code points; H2 counts UTF-16 units, hence twice as many.

-- One row. Whoever appends locks it first: positions have no gaps, in the order of the commits.
CREATE TABLE ledger_head (
  id SMALLINT PRIMARY KEY CHECK (id = 1),
  commits BIGINT NOT NULL,
  position BIGINT NOT NULL,
  decision_seq BIGINT NOT NULL,
  recorded_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  sessions BIGINT NOT NULL,
  active_runs BIGINT NOT NULL,
  accepted BIGINT NOT NULL,
  duplicates BIGINT NOT NULL,
  rejected BIGINT NOT NULL
);

INSERT INTO ledger_head
VALUES (1, 0, 0, 0, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00:00', 0, 0, 0, 0, 0);

-- What each writer committed last: a connection that breaks during a commit is resolved by it.
CREATE TABLE ledger_writers (
  writer VARCHAR(64) PRIMARY KEY,
  commits BIGINT NOT NULL,
  seen_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

-- A short number for each key: a key of 512 emoji and a run id do not fit one index row together.
CREATE TABLE ledger_sessions (
  session_no BIGINT PRIMARY KEY,
  session_key VARCHAR(1024) NOT NULL UNIQUE
);

CREATE TABLE ledger_events (
  position BIGINT PRIMARY KEY,
  session_no BIGINT NOT NULL,
  version BIGINT NOT NULL,
  type VARCHAR(64) NOT NULL,
  generation BIGINT NOT NULL,
  event VARCHAR(1048576) NOT NULL,
  command_id VARCHAR(512) NOT NULL,
  command_type VARCHAR(64) NOT NULL,
  -- the canonical command, with its provenance
  command VARCHAR(1048576) NOT NULL,
  -- the session as the event left it
  session VARCHAR(1048576) NOT NULL,
  recorded_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  -- SHA-256, in hexadecimal, over the session's previous hash and this row
  hash CHAR(64) NOT NULL,
  CONSTRAINT ledger_events_version UNIQUE (session_no, version)
);

-- Accepted commands, for as long as their events.
CREATE TABLE ledger_commands (
  command_id VARCHAR(512) PRIMARY KEY,
  -- SHA-256 of its identities and choices, in hexadecimal
  content CHAR(64) NOT NULL,
  -- the event whose session is the answer; null for a command over every session
  answer_position BIGINT,
  interrupted_sessions INTEGER,
  interrupted_runs INTEGER,
  recorded_at TIMESTAMP(6) WITH TIME ZONE NOT NULL
);

CREATE TABLE ledger_generations (
  session_no BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  session_id VARCHAR(512) NOT NULL,
  -- 0 for an id that is new to the key, else the generation's number: a retired id cannot come back
  in_place BIGINT NOT NULL,
  ended_position BIGINT,
  PRIMARY KEY (session_no, generation),
  CONSTRAINT ledger_generations_session_id UNIQUE (session_no, session_id, in_place)
);

CREATE TABLE ledger_runs (
  session_no BIGINT NOT NULL,
  run_id VARCHAR(512) NOT NULL,
  attempt BIGINT NOT NULL,
  -- the generation that owns the attempt now, or did last
  generation BIGINT NOT NULL,
  status VARCHAR(16) NOT NULL,
  -- the process that runs it, while it is open
  open_instance VARCHAR(512),
  started_position BIGINT NOT NULL,
  PRIMARY KEY (session_no, run_id, attempt)
);

CREATE INDEX ledger_runs_open ON ledger_runs (open_instance);

CREATE TABLE ledger_compactions (
  session_no BIGINT NOT NULL,
  compaction_id VARCHAR(512) NOT NULL,
  attempt BIGINT NOT NULL,
  state VARCHAR(16) NOT NULL,
  PRIMARY KEY (session_no, compaction_id)
);

CREATE TABLE ledger_snapshots (
  session_no BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  revision INTEGER NOT NULL,
  -- rarely written, and with 1,000 open runs of the longest ids larger than H2's longest VARCHAR
  state TEXT NOT NULL
);

-- The decision log: refusals, and duplicates, each with its repeats counted.
CREATE TABLE ledger_decisions (
  seq BIGINT PRIMARY KEY,
  decision_id VARCHAR(64) NOT NULL UNIQUE,
  -- SHA-256, in hexadecimal, of what makes two arrivals repeats of each other
  coalesce_key CHAR(64) NOT NULL UNIQUE,
  -- empty when none could be read
  session_key VARCHAR(1024) NOT NULL,
  verdict VARCHAR(16) NOT NULL,
  reason VARCHAR(32),
  command_type VARCHAR(512),
  run_id VARCHAR(512),
  attempt BIGINT,
  refusal VARCHAR(1048576),
  -- what was current when the first was decided
  current_standing VARCHAR(4096),
  after_version BIGINT NOT NULL,
  after_position BIGINT NOT NULL,
  last_after_version BIGINT NOT NULL,
  last_after_position BIGINT NOT NULL,
  first_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  last_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  arrivals BIGINT NOT NULL,
  first_command VARCHAR(1048576) NOT NULL,
  last_command VARCHAR(1048576) NOT NULL,
  -- SHA-256, in hexadecimal, over the session's previous line's hash and what does not change of this one
  hash CHAR(64) NOT NULL
);

CREATE INDEX ledger_decisions_session ON ledger_decisions (session_key, seq);

CREATE INDEX ledger_decisions_reason ON ledger_decisions (verdict, reason, seq);

CREATE TABLE ledger_rejections (
  reason VARCHAR(32) PRIMARY KEY,
  arrivals BIGINT NOT NULL
);

-- What each session is doing now: one row a key.
CREATE TABLE ${table} (
  session_no BIGINT PRIMARY KEY,
  session_key VARCHAR(1024) NOT NULL,
  generation BIGINT NOT NULL,
  version BIGINT NOT NULL,
  position BIGINT NOT NULL,
  status VARCHAR(16) NOT NULL,
  changed_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  -- the whole SessionStatus
  session VARCHAR(1048576) NOT NULL
);

CREATE UNIQUE INDEX ${table}_key ON ${table} (session_key);

CREATE UNIQUE INDEX ${table}_position ON ${table} (position);

CREATE INDEX ${table}_status ON ${table} (status, position);

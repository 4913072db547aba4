-- What moved a session's generations, one row an event; rows are only ever added. A generation is
-- what began it, what ended it, and the forks that continue from it.
CREATE TABLE ${table} (
  session_no BIGINT NOT NULL,
  version BIGINT NOT NULL,
  -- the generation that is current after the event
  generation BIGINT NOT NULL,
  begins BIGINT,
  ends BIGINT,
  forks BIGINT,
  fact VARCHAR(1048576) NOT NULL,
  PRIMARY KEY (session_no, version)
);

CREATE UNIQUE INDEX ${table}_begins ON ${table} (session_no, begins);

CREATE UNIQUE INDEX ${table}_ends ON ${table} (session_no, ends);

CREATE INDEX ${table}_forks ON ${table} (session_no, forks, version);

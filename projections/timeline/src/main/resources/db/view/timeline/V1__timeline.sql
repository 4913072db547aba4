-- Every accepted event of every session; rows are only ever added. Refusals are no part of it, they
-- are joined from the decision log when somebody asks.
CREATE TABLE ${table} (
  session_no BIGINT NOT NULL,
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  -- the generation that the event ended
  ends BIGINT,
  -- the attempt that the event is about
  run_id VARCHAR(512),
  attempt BIGINT,
  -- what the timeline shows
  item VARCHAR(1048576) NOT NULL,
  PRIMARY KEY (session_no, version)
);

CREATE INDEX ${table}_ends ON ${table} (session_no, ends);

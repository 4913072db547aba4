-- Every attempt of every run. An attempt is carried from one generation into the next, so that the
-- generations that owned it are all from the first to the last.
CREATE TABLE ${table} (
  session_no BIGINT NOT NULL,
  run_id VARCHAR(512) NOT NULL,
  attempt BIGINT NOT NULL,
  version BIGINT NOT NULL,
  started_version BIGINT NOT NULL,
  first_generation BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  status VARCHAR(16) NOT NULL,
  -- what else is told of it
  details VARCHAR(1048576) NOT NULL,
  PRIMARY KEY (session_no, run_id, attempt)
);

CREATE UNIQUE INDEX ${table}_started ON ${table} (session_no, started_version);

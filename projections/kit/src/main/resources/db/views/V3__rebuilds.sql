-- The table that serves a view's queries; a rebuild puts another one in its place.
ALTER TABLE view_tokens ADD COLUMN table_name VARCHAR(64);

UPDATE view_tokens SET table_name = 'view_' || processor_name;

ALTER TABLE view_tokens ALTER COLUMN table_name SET NOT NULL;

-- How many of view_parked are the view's.
ALTER TABLE view_tokens ADD COLUMN parked BIGINT DEFAULT 0 NOT NULL;

-- Sessions that a view leaves alone, because it could not take one of their events. Their rows stay
-- as they are until it can.
CREATE TABLE view_parked (
  processor_name VARCHAR(64) NOT NULL,
  session_no BIGINT NOT NULL,
  -- the first event of the session that it does not have
  version BIGINT NOT NULL,
  error VARCHAR(1024) NOT NULL,
  PRIMARY KEY (processor_name, session_no)
);

-- The newest rebuild of each view.
CREATE TABLE view_rebuilds (
  processor_name VARCHAR(64) PRIMARY KEY,
  -- 1 while it is under way, else null: there is one at a time
  running SMALLINT UNIQUE CHECK (running = 1),
  -- the node that does it, for as long as it says so; by the database's clock
  owner VARCHAR(64) NOT NULL,
  claimed_until TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  cancelled SMALLINT NOT NULL,
  report VARCHAR(1048576) NOT NULL
);

-- Tables that serve no queries: one that is being filled, or one that was replaced. Whoever finds
-- one that no rebuild under way fills drops it.
CREATE TABLE view_spare_tables (
  table_name VARCHAR(64) PRIMARY KEY,
  processor_name VARCHAR(64) NOT NULL
);

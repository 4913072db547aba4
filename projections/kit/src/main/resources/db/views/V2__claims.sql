-- A token is one number. Who may move it is judged by the database's clock alone, since the clocks
-- of nodes differ: a claim ends at a time of the database.
ALTER TABLE view_tokens ADD COLUMN position BIGINT DEFAULT 0 NOT NULL;

-- Axon's JSON of before: {"globalIndex":123}
UPDATE view_tokens
SET position = CAST(SUBSTRING(${token} FROM 16 FOR CHAR_LENGTH(${token}) - 16) AS BIGINT)
WHERE token IS NOT NULL;

ALTER TABLE view_tokens ADD COLUMN claimed_until
  TIMESTAMP(6) WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP NOT NULL;

ALTER TABLE view_tokens DROP COLUMN token;
ALTER TABLE view_tokens DROP COLUMN token_type;
ALTER TABLE view_tokens DROP COLUMN claimed_at;

-- The nodes that could run a view, for as long as they say so.
CREATE TABLE view_nodes (
  processor_name VARCHAR(64) NOT NULL,
  node VARCHAR(64) NOT NULL,
  alive_until TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  PRIMARY KEY (processor_name, node)
);

-- How far each view is: Axon's token entries. A token moves in the transaction that moves the rows.
CREATE TABLE view_tokens (
  processor_name VARCHAR(64) NOT NULL,
  segment INTEGER NOT NULL,
  token BYTEA,
  token_type VARCHAR(255),
  claimed_at VARCHAR(64),
  owner VARCHAR(255),
  PRIMARY KEY (processor_name, segment)
);

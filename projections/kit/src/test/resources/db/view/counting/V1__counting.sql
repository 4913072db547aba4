CREATE TABLE ${table} (
  session_no BIGINT PRIMARY KEY,
  version BIGINT NOT NULL,
  events BIGINT NOT NULL
);

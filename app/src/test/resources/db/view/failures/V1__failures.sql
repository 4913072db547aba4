CREATE TABLE ${table} (
  session_no BIGINT NOT NULL,
  kind VARCHAR(4096) NOT NULL,
  version BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  PRIMARY KEY (session_no, kind)
);

-- Who may come in. One dialect for H2 and PostgreSQL.
CREATE TABLE access_tokens (
  id VARCHAR(64) PRIMARY KEY,
  -- SHA-256 of the token, in hexadecimal; the token itself is nowhere
  hash CHAR(64) NOT NULL UNIQUE,
  -- the actor of what is done with it; twice as many as characters, as H2 counts UTF-16 units
  name VARCHAR(512) NOT NULL,
  role VARCHAR(16) NOT NULL,
  -- what the session keys begin with that it is for; null for all
  key_prefix VARCHAR(1024),
  created_at TIMESTAMP(6) WITH TIME ZONE NOT NULL,
  created_by VARCHAR(512),
  expires_at TIMESTAMP(6) WITH TIME ZONE,
  -- a revoked token keeps its row, so that it stays known whose it was
  revoked_at TIMESTAMP(6) WITH TIME ZONE
);

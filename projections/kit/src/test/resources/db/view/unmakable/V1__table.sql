CREATE TABLE ${table} (session_no BIGINT PRIMARY KEY);

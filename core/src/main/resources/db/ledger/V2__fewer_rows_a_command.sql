-- A command costs what it must and no more: its event's row, and a row for a run when the run is over.

-- A command's id stands beside the event that answers it; null where another event of the command
-- has it. Of the commands over every session, which no event answers, ledger_commands remembers.
ALTER TABLE ledger_events ALTER COLUMN command_id DROP NOT NULL;

UPDATE ledger_events SET command_id = NULL
WHERE NOT EXISTS (
  SELECT 1 FROM ledger_commands c WHERE c.answer_position = ledger_events.position);

ALTER TABLE ledger_events ADD CONSTRAINT ledger_events_command UNIQUE (command_id);

-- Runs that are open after the event; null for events of before.
ALTER TABLE ledger_events ADD COLUMN active_runs INTEGER;

DELETE FROM ledger_commands WHERE answer_position IS NOT NULL;

ALTER TABLE ledger_commands DROP COLUMN answer_position;

-- The sessions in which a process started runs; the way from a dead process to its open runs.
CREATE TABLE ledger_instances (
  instance VARCHAR(512) NOT NULL,
  session_no BIGINT NOT NULL,
  PRIMARY KEY (instance, session_no)
);

INSERT INTO ledger_instances (instance, session_no)
SELECT DISTINCT open_instance, session_no FROM ledger_runs WHERE open_instance IS NOT NULL;

-- Run attempts that are over. The open ones are in their session's state.
DELETE FROM ledger_runs WHERE status = 'running';

DROP INDEX ledger_runs_open;

ALTER TABLE ledger_runs DROP COLUMN open_instance;

ALTER TABLE ledger_runs DROP COLUMN started_position;

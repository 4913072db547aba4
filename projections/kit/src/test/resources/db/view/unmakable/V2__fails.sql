ALTER TABLE ${table} DROP COLUMN nothing;

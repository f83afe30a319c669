-- Timers due at the same moment fire in the order in which they were first set.
CREATE TABLE timers_in_order (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    due_ms INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT;
INSERT INTO timers_in_order (key, due_ms, body) SELECT key, due_ms, body FROM timers ORDER BY due_ms, key;
DROP TABLE timers;
ALTER TABLE timers_in_order RENAME TO timers;
CREATE INDEX timers_due ON timers (due_ms, seq);

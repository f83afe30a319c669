-- Limits of how fast messages leave: when all that was taken has passed, and until when the limit is slowed, in
-- microseconds since the epoch.
CREATE TABLE throttles (
    key TEXT NOT NULL PRIMARY KEY,
    free_us INTEGER NOT NULL,
    slow_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many limits an effect has passed that waits for its turn.
ALTER TABLE effects ADD COLUMN passed INTEGER NOT NULL DEFAULT 0;

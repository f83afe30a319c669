-- serves programs from: 2
-- Limits of how fast messages leave: when all that was taken has passed, and until when the limit is slowed, in
-- microseconds since the epoch.
CREATE TABLE throttles (
    key text COLLATE "C" PRIMARY KEY,
    free_us bigint NOT NULL DEFAULT 0,
    slow_until_us bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
ALTER TABLE throttles SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 500);

-- How many limits an effect has passed that waits for its turn.
ALTER TABLE effects ADD COLUMN passed integer NOT NULL DEFAULT 0;

-- The audit log, a chain. AUTOINCREMENT: the highest number ever given is remembered, so that a cut end shows.
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX audit_kinds ON audit (json_extract(body, '$.kind'), sequence);

-- What opens the commitments of a record, as JSON; gone when the person is erased, while the record stays.
CREATE TABLE audit_openings (
    sequence INTEGER PRIMARY KEY,
    address TEXT,
    openings TEXT NOT NULL
) STRICT;
CREATE INDEX audit_openings_of ON audit_openings (address, sequence) WHERE address IS NOT NULL;

-- AUTOINCREMENT as above.
CREATE TABLE audit_checkpoints (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    record INTEGER NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;

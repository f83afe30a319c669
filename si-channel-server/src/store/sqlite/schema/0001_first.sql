-- One row: how often the file was opened (fences grow with it), and whether it was closed in order.
CREATE TABLE opening (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    clean INTEGER NOT NULL,
    pinged INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO opening (id, epoch, clean) VALUES (1, 0, 1);

CREATE TABLE documents (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    doc TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

CREATE TABLE keys (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    sorting INTEGER NOT NULL,
    is_unique INTEGER NOT NULL,
    PRIMARY KEY (kind, id, name, value),
    FOREIGN KEY (kind, id) REFERENCES documents (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX keys_listed ON keys (kind, name, value, sorting, id);
CREATE UNIQUE INDEX keys_unique ON keys (kind, name, value) WHERE is_unique = 1;

-- state: 0 pending, 1 settled, 2 quarantined.
CREATE TABLE inputs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    body TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2)),
    reason TEXT
) STRICT;
CREATE INDEX inputs_pending ON inputs (lane) WHERE state = 0;
CREATE INDEX inputs_settled ON inputs (at_ms) WHERE state = 1;
CREATE INDEX inputs_quarantined ON inputs (at_ms) WHERE state = 2;

CREATE TABLE effects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    priority INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX effects_pending ON effects (lane, priority);

CREATE TABLE timers (
    key TEXT NOT NULL PRIMARY KEY,
    due_ms INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (due_ms);

-- AUTOINCREMENT: readers keep positions, so that one is never given twice.
CREATE TABLE events (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (stream, sequence)
) STRICT;

CREATE TABLE entries (
    number INTEGER PRIMARY KEY,
    session TEXT NOT NULL,
    id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (session, id)
) STRICT;
CREATE INDEX entries_in_time ON entries (session, at_ms);

CREATE TABLE answers (
    key TEXT NOT NULL PRIMARY KEY,
    request TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX answers_kept ON answers (at_ms);

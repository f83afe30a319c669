-- Places in the feed of readers that several servers share, each held by one of them.
CREATE TABLE cursors (
    name TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL,
    note TEXT NOT NULL,
    owner TEXT NOT NULL,
    fence INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

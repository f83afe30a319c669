-- serves programs from: 3
-- Places in the feed of readers that several servers share, each held by one of them until a time of lease_clock().
CREATE TABLE cursors (
    name text COLLATE "C" PRIMARY KEY,
    position bigint NOT NULL,
    note text NOT NULL,
    owner text NOT NULL,
    fence bigint NOT NULL,
    until_ms bigint NOT NULL
) WITH (fillfactor = 10);

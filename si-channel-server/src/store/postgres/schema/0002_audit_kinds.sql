-- The kind of a record stands beside it: read out of the record, an escaped NUL anywhere in it would be refused.
ALTER TABLE audit ADD COLUMN kind text COLLATE "C";
UPDATE audit SET kind = body::jsonb ->> 'kind';
DROP INDEX audit_kinds;
CREATE INDEX audit_kinds ON audit (kind, sequence);

-- Who works on a key: the random token of the claim, 32 lowercase hexadecimal digits. A claim from before
-- this column has none; nobody can complete it, and it is taken over like any that was abandoned.
ALTER TABLE idempotency_keys ADD COLUMN claim TEXT;

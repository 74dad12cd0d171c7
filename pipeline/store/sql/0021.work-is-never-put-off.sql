-- Work is never put off: a time at which it was queued must not keep it waiting when the clock is set back.

ALTER TABLE work DROP COLUMN not_before;

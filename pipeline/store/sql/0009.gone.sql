-- When the outlet was first seen to have taken an article down (404 twice, or 410); null while it is there.
ALTER TABLE articles ADD COLUMN gone_at timestamptz;

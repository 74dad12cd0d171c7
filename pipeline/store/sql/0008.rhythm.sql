-- How many new items a feed showed, and for how long it was watched, by hour of the week (UTC), fading with time.
ALTER TABLE feeds
    ADD COLUMN rhythm_items real[] NOT NULL DEFAULT '{}',
    ADD COLUMN rhythm_hours real[] NOT NULL DEFAULT '{}',
    -- Of the last hours, beside what was expected of them.
    ADD COLUMN recent_items real NOT NULL DEFAULT 0,
    ADD COLUMN recent_expected real NOT NULL DEFAULT 0;

-- Polls that showed nothing of what the poll before showed: items in between were probably missed.
ALTER TABLE coverage ADD COLUMN gaps integer NOT NULL DEFAULT 0;

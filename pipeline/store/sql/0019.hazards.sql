-- What harms, or must not be kept.

ALTER TABLE captures
    -- Of an https answer: `valid`, or what is wrong with the outlet's certificate.
    ADD COLUMN certificate text,
    -- The X-Robots-Tag headers, one a line.
    ADD COLUMN robots_tag text,
    -- When the bytes were let go of, as the outlet asks for it; null while they are there.
    ADD COLUMN dropped_at timestamptz;

-- The outlet asks that no copy is kept (noarchive), and that is respected: the text is searched and not shown.
ALTER TABLE articles ADD COLUMN noarchive boolean NOT NULL DEFAULT false;

-- Of an outlet and hour.
ALTER TABLE coverage
    ADD COLUMN linked_items integer NOT NULL DEFAULT 0, -- new pages from links and sitemaps, where the traps are
    ADD COLUMN waiting_items integer NOT NULL DEFAULT 0, -- of the new pages: put off, as they were over the budget
    ADD COLUMN refused_items integer NOT NULL DEFAULT 0, -- left out: too many waited already
    ADD COLUMN trapped_items integer NOT NULL DEFAULT 0; -- left out: their addresses look like those of a trap
CREATE INDEX pages_over_budget ON pages (outlet_id, due_at) WHERE reason = 'over_budget';

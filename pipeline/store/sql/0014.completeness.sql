-- Times of which a feed's items were probably missed: a poll showed nothing of what the poll before had shown.
CREATE TABLE gaps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    outlet_id bigint NOT NULL REFERENCES outlets ON DELETE CASCADE,
    feed_id bigint NOT NULL REFERENCES feeds ON DELETE CASCADE,
    began_at timestamptz NOT NULL,
    noticed_at timestamptz NOT NULL,
    -- When a sitemap of the outlet was read that reaches back to before it; null: none was.
    filled_at timestamptz,
    filled_by bigint REFERENCES feeds ON DELETE SET NULL
);
CREATE INDEX gaps_open ON gaps (outlet_id) WHERE filled_at IS NULL;
CREATE INDEX gaps_outlet ON gaps (outlet_id, noticed_at);

-- The next poll is only because of another feed's gap: what it shows is no look of its own.
ALTER TABLE feeds ADD COLUMN fills_in boolean NOT NULL DEFAULT false;
ALTER TABLE sightings ADD COLUMN filled_in boolean NOT NULL DEFAULT false;

-- What is known of an outlet's articles of a day, judged when the day has been over for some hours, and twice again.
CREATE TABLE coverage_days (
    outlet_id bigint NOT NULL REFERENCES outlets ON DELETE CASCADE,
    day date NOT NULL,
    judged_at timestamptz NOT NULL,
    watched_hours integer NOT NULL,
    gaps integer NOT NULL,
    unfilled_gaps integer NOT NULL,
    -- Articles stored; and known ones, stored or not, by which looks showed them (feeds 1, sitemaps 2, sections 4).
    collected integer NOT NULL,
    histories integer[] NOT NULL,
    -- How many there were by the overlap of the looks, rather too few, and its 95 % interval; null: unknown, and why.
    estimate integer,
    low integer,
    high integer,
    unknown text,
    PRIMARY KEY (outlet_id, day),
    CHECK ((estimate IS NULL) = (unknown IS NOT NULL))
);

-- Outlets whose feeds were found before sitemaps and sections were kept beside them: a crawl of the next day looks again.
UPDATE discoveries SET due_at = now() + random() * interval '1 day' WHERE due_at = 'infinity' AND error IS NULL AND NOT EXISTS (
    SELECT FROM feeds WHERE feeds.outlet_id = discoveries.outlet_id AND feeds.active AND feeds.kind <> 'feed');

-- What cleaning yields, by outlet and hour of the fetch: what `presswatch health` compares. One narrow row where a
-- scan of captures would have to read millions.

-- What a capture was counted with, so that cleaning it again counts the difference; null: it was not counted.
ALTER TABLE captures
    ADD COLUMN found text[],
    ADD COLUMN characters integer;

CREATE TABLE yields (
    outlet_id bigint NOT NULL REFERENCES outlets ON DELETE CASCADE,
    hour timestamptz NOT NULL,
    -- `article`, or the reason of the rejection.
    outcome text NOT NULL,
    pages integer NOT NULL,
    titles integer NOT NULL,
    authors integer NOT NULL,
    dates integer NOT NULL,
    -- Sums of the logarithm of the body's characters, and of its square: lengths differ by factors.
    length_logs double precision NOT NULL,
    length_squares double precision NOT NULL,
    -- Pages with an outlet rule, and those on which it did not find what it has a selector for.
    ruled integer NOT NULL,
    missed_title integer NOT NULL,
    missed_authors integer NOT NULL,
    missed_published_at integer NOT NULL,
    missed_body integer NOT NULL,
    missed_topics integer NOT NULL,
    PRIMARY KEY (outlet_id, hour, outcome)
);
CREATE INDEX yields_hour ON yields (hour);

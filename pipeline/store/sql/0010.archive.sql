-- Captures whose bytes are in WARC files, and what these files hold.

CREATE TABLE segments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Its file's path below the archive's address.
    name text NOT NULL UNIQUE,
    -- writing: nothing points into it, and its file, if there is one, may be cut off. dropped: its file is to be removed.
    state text NOT NULL DEFAULT 'writing' CHECK (state IN ('writing', 'stored', 'dropped')),
    opened_at timestamptz NOT NULL DEFAULT now(),
    -- Of the fetches that it records, all of one day (UTC).
    oldest_at timestamptz,
    newest_at timestamptz,
    records integer,
    bytes bigint,
    -- Of the record that describes the file, before the first that something points to.
    info_bytes integer,
    CHECK (state <> 'stored' OR (newest_at IS NOT NULL AND bytes IS NOT NULL AND info_bytes IS NOT NULL))
);
CREATE INDEX segments_newest ON segments (newest_at) WHERE state = 'stored';
CREATE INDEX segments_unfinished ON segments (id) WHERE state <> 'stored';

ALTER TABLE captures
    ALTER COLUMN body_gzip DROP NOT NULL,
    ADD COLUMN segment_id bigint REFERENCES segments,
    -- Of the record that has the bytes; those of an equal capture before it, if they are in the same segment.
    ADD COLUMN segment_offset bigint,
    ADD COLUMN segment_length integer,
    ADD CHECK ((body_gzip IS NULL) = (segment_id IS NOT NULL)),
    ADD CHECK ((segment_id IS NULL) = (segment_offset IS NULL) AND (segment_id IS NULL) = (segment_length IS NULL));
CREATE INDEX captures_segment ON captures (segment_id) WHERE segment_id IS NOT NULL;
CREATE INDEX captures_unarchived ON captures (fetched_at) WHERE segment_id IS NULL;

-- Fetches that found the bytes of the capture before, or were told that nothing had changed, and the records of them;
-- also the records of captures that repeat an earlier one of their segment.
CREATE TABLE revisits (
    page_id bigint NOT NULL REFERENCES pages ON DELETE CASCADE,
    fetched_at timestamptz NOT NULL,
    status integer NOT NULL,
    segment_id bigint REFERENCES segments,
    segment_offset bigint,
    segment_length integer,
    PRIMARY KEY (page_id, fetched_at),
    CHECK ((segment_id IS NULL) = (segment_offset IS NULL) AND (segment_id IS NULL) = (segment_length IS NULL))
);
CREATE INDEX revisits_segment ON revisits (segment_id) WHERE segment_id IS NOT NULL;
CREATE INDEX revisits_unarchived ON revisits (fetched_at) WHERE segment_id IS NULL;

-- Records to which nothing points any more: their segment is to be written anew without them.
CREATE TABLE segment_holes (
    segment_id bigint NOT NULL REFERENCES segments ON DELETE CASCADE,
    segment_offset bigint NOT NULL,
    segment_length integer NOT NULL,
    PRIMARY KEY (segment_id, segment_offset)
);

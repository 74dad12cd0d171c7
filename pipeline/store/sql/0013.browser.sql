-- Pages that show their text only in a browser, and the outlets that have such pages.

-- true: the page is fetched with a browser; false: one did not help; null: it was not needed so far.
ALTER TABLE pages ADD COLUMN browser boolean;

-- The bytes are what a browser made of the page, not what the server sent.
ALTER TABLE captures ADD COLUMN rendered boolean NOT NULL DEFAULT false;

CREATE TABLE browser_outlets (
    outlet_id bigint PRIMARY KEY REFERENCES outlets ON DELETE CASCADE,
    -- Up by each page whose text only a browser brought, down by each of which it brought none either.
    score integer NOT NULL,
    -- How long a high score sends new pages straight to the browser, and a low one none at all; then one is tried the other way.
    until timestamptz NOT NULL
);

-- All addresses by which an article is known: it keeps them when its headline, and with it its address, changes.
CREATE TABLE article_urls (
    canonical_url text PRIMARY KEY CHECK (length(canonical_url) <= 2000),
    article_id bigint NOT NULL REFERENCES articles ON DELETE CASCADE,
    added_at timestamptz NOT NULL DEFAULT now(),
    -- What of the address outlives a new headline, or another section; as `pipeline.identity` says.
    number_key text,
    slug_key text
);
CREATE INDEX article_urls_article ON article_urls (article_id);
CREATE INDEX article_urls_number ON article_urls (md5(number_key)) WHERE number_key IS NOT NULL;
CREATE INDEX article_urls_slug ON article_urls (md5(slug_key)) WHERE slug_key IS NOT NULL;

INSERT INTO article_urls (canonical_url, article_id, added_at) SELECT canonical_url, id, first_seen_at FROM articles;

-- The article that this one turned out to be: it is deleted, and its addresses are the other one's.
ALTER TABLE articles ADD COLUMN merged_into bigint REFERENCES articles ON DELETE SET NULL;

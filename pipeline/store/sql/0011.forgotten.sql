-- depends: 0020.article-urls
-- Addresses that nothing is kept of, and that are not fetched or imported again: as fetched, and canonical.

CREATE TABLE forgotten (
    url text PRIMARY KEY,
    forgotten_at timestamptz NOT NULL DEFAULT now()
);

-- Which captures led to an article, also those that made no version.
CREATE INDEX captures_article ON captures (article_id) WHERE article_id IS NOT NULL;

-- What was merged into an article is forgotten with it.
CREATE INDEX articles_merged ON articles (merged_into) WHERE merged_into IS NOT NULL;

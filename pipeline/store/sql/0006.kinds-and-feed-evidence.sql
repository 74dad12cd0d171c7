-- What an article is, and what feeds say of it beside title, time and summary.

ALTER TABLE article_versions
    ADD COLUMN kind text NOT NULL DEFAULT 'article',
    ADD COLUMN paywalled boolean NOT NULL DEFAULT false,
    ADD COLUMN image text;

ALTER TABLE sightings
    ADD COLUMN authors text[] NOT NULL DEFAULT '{}',
    ADD COLUMN topics text[] NOT NULL DEFAULT '{}';

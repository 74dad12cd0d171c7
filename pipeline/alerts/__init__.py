"""Alerts: saved queries that tell of new articles, each story once.

The rules, in the order in which they are applied to an article that an alert's query found:

1. An alert tells of what comes in after it was made. An article that had passed the alerts before the
   alert (or the present version of it) existed is recorded as muted, `before_alert`: so saving a query
   never sends the archive, and neither does running old articles through the stages again.
2. An article published longer than the alert's `max_age` before it was first seen is muted, `too_old`.
   An unknown date of publication is never too old.
3. An alert without channels is only shown in the application: its matches are complete at once, as
   sent, `no_channel`.
4. A further article of a story that the alert has already told of is grouped, `story_told`; so is a copy
   of an article that it has told of.
5. Anything else waits: for the window of its story (`now`), or for the end of the period, and is sent in
   the one message for its story, or in the one digest of the period.

A match is sent when at least one channel took its message, and failed when all gave up. While a message
is on its way, further articles of its story wait: they are grouped once it arrives, and told of in a
message of their own if it fails.

An alert whose query can't run (the grammar has changed, a prefix has come to stand for too many words)
finds nothing meanwhile; it is marked as broken with the reason, and the other alerts go on.

Rooms: `cadence` says when, `ledger` what becomes of a match, `message` how it reads, `channels` and
`webhook` where it goes.
"""

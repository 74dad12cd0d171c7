"""The only place that joins I/O and logic: one module a stage, in this order.

`collect` (a crawl) → `clean` → `compare` → `annotate` → `cluster` → `index` → `alert`. `chain` runs them,
`batch` says how each works through what waits for it, `tasks` is what the scheduler calls. Beside the
chain stand `imports`, `export`, `maintain`, and `system` and `supervisor` for starting and stopping.

It imports nothing itself, so that a command loads only what it needs.
"""

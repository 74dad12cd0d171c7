"""A short article, for pages that tests make."""

SENTENCES = (
    "The ministers agreed on Tuesday to reopen the crossing after talks that had lasted for a week.",
    "Lorries may pass from Friday morning, and buses will follow when the customs house has been repaired.",
    "Merchants on both banks of the river had asked for it since the bridge was closed in the autumn.",
    "A second round of talks, about the price of water, is planned for the first week of the next month.",
)
TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)

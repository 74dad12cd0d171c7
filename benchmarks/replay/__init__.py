"""Real pages, replayed as live outlets, through the whole of presswatch."""

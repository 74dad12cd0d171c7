"""presswatch: collects, cleans, compares, searches and alerts on the articles of news outlets."""

"""From a question to hits: the two searches and their fusion."""

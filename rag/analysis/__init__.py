"""What is worked out from an article's text alone: its sentences and its passages."""

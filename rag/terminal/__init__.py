"""What Dateline shows in a terminal."""

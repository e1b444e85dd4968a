"""Speech in articles: where it stands, which words it is, and who speaks."""

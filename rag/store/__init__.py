"""Where articles, vectors and words are kept: SQLite is the truth, FAISS and tantivy derive."""

"""The neural parts, each behind a Protocol: the embedder and the reader."""

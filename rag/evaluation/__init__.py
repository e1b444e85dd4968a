"""Measuring: a data set's questions asked of an archive, and what came of it in figures."""

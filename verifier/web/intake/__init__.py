"""The public form for a free verification."""

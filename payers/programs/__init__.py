"""Kinds of coverage: what to ask and what the answer means, one room each."""

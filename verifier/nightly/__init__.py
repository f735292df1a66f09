"""Nightly re-verification: who is asked about when, the runs, and how their items are worked off."""

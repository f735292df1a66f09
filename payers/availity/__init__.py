"""Availity Coverages 1.0.0: an eligibility question as form data out, its Coverage JSON in; pure."""

"""Spans of requests and payer calls, for a collector of the operator's."""

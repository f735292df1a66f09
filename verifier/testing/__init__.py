"""Shipped for strangers: the contract suites and builders that prove a new payer."""

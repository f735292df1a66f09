"""The nightly run as jobs: the one room that knows the task engine."""

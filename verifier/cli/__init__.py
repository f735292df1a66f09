"""The `verifier` command."""

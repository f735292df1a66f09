"""How the database came to its present form, step by step; run by `verifier.store.database.upgrade`."""

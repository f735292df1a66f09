"""The tables, one file a room; `verifier.store.database.schema` finds them all."""

"""The form of a new verification: its fields by payer and program, and what they hold to begin with; pure."""

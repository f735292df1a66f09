"""What the core speaks of: inquiry, question, coverage, program, estimate, verification."""

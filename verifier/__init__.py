"""Benefits verification for intensive outpatient programs: coverage in, explained cost out."""

"""What a verification is made of: where coverage comes from, how fresh it is, what to do, what to ask."""

"""What differs between two verifications of one person, and whether it matters; pure."""

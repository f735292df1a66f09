"""Everything kept outside the process: the encrypted cache and the records."""

"""Code tables: data files beside one reader each, every row with its source."""

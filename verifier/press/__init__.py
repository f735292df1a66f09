"""Puts a paper on printed pages; the only home of reportlab."""

"""Wires: how a question travels and a reply comes back, one file each."""

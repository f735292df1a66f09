"""The workshop the channels share: HTTP, deadlines, discovery."""

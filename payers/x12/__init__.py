"""X12 005010X279A1, pure: reader, writer, the 270 inquiry, the 271 response, acknowledgements."""

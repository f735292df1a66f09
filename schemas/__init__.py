"""The public contract: how inquiries come in and answers go out."""

"""The crafts of proving who one is, each library in one file: argon2, one-time passwords, bearer tokens."""

"""The crafts of proving who one is: argon2, one-time passwords, signed tokens, OpenID Connect."""

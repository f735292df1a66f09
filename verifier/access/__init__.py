"""Who may do what: roles, scopes, facilities, policies, and the rules of signing in; pure."""

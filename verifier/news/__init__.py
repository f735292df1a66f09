"""What happened, for those who want to be told: the feed of changes, webhooks, the morning digest."""

"""VA Lighthouse in JSON, read and written without a network: Veteran status, disability rating, access."""

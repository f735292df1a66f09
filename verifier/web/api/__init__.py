"""The HTTP interface under /v1: one file for each kind of resource."""

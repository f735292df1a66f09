"""VA community care: the referral proves it, VA pays it, the provider collects nothing."""

"""TRICARE: asks the contractor of the region, and adds the published cost shares that no reply carries."""

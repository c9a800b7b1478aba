"""The register of consents as the school works with it: counts, gaps, families on paper, changes, prints."""

"""The register of consents and refusals; the one place where the outcome is computed."""

"""The register of people: one person, who may be pupil, guardian and staff at once."""

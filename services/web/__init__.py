"""web: pages in Russian and English over the public HTTP API of the other services. Owns no data."""

"""How long personal data are kept, what is destroyed when the time is over, and the paper that proves it."""

"""One-use activation codes: made for a list of people, used once each."""

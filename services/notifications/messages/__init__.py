"""What families are told, and how each copy fares on its way."""

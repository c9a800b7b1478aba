"""What accounts itself keeps about a person."""

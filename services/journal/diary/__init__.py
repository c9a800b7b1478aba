"""What a family sees of a week."""

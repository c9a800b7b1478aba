"""The journal page: its one read and its one conflict-safe write."""

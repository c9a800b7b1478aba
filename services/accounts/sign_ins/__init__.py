"""The log of what happened at the door of an account: written, read, never changed."""

"""Who was not there, why, and the code that is shown."""

"""Sign-ins and decisions of the demonstration school."""

"""Who teaches and leads what: journal's half of the list of duties that accounts draws up."""

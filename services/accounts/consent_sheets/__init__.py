"""Forms of consent filled in for a family, to be printed and signed by hand."""

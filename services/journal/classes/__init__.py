"""Classes, who leads them and who is enrolled."""

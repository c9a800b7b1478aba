"""The demonstration school: invented by pure rules from a seed and a day, written once, in sets."""

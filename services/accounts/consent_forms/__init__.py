"""The documents that families are asked to sign: a form per purpose, in versions."""

"""Rules and guides of a school: public, in versions, read and accepted where the school asks for it."""

"""Rules and guides: for the school's site, for whom they ask, and for who keeps them."""

"""How the suite is started: embedded servers and their supervisor for `./run`, settings for the rest."""

"""accounts: who may come in.

Owns schools, sign-in accounts and their membership in schools, roles of the institution, sessions,
activation codes and the consent register. Publishes `accounts.school.*`. Consumes people, guardianships,
enrolments and declared consents from journal; no right is ever read off those copies.
"""

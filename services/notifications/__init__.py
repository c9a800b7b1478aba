"""notifications: what families are told, by mail.

Owns messages, their deliveries and the addresses they go to. Consumes `accounts.school.*` and journal's
people, guardianships, marks and attendance. Publishes nothing.
"""

"""journal: the school's register and what happens in lessons.

Owns people and their links, the school year, classes, courses, lessons, attendance, marks, period marks and
imports. Publishes `journal.person.*`, `journal.guardianship.*`, `journal.enrollment.*`,
`journal.consent.declared`, `journal.mark.*`, `journal.attendance.*`. Consumes `accounts.school.*`.
"""

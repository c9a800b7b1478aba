"""reports: what a school files, made from snapshots of journal.

Owns report jobs, the snapshots they rest on and the rendered files. Consumes `accounts.school.*`; asks journal who
stands how to a class. Publishes nothing.
"""

"""Zhurnal: an electronic class journal and pupil's diary, as services over a queue."""

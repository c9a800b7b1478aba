"""The calendar of the office: in its days the law counts the terms for an answer."""

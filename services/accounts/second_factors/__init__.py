"""A second factor beside the password: one-time codes by time (RFC 6238), and codes for who lost the device."""

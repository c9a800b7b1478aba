"""What reports are made from, as journal wrote it down."""

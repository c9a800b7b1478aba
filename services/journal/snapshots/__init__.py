"""What reports are made from: journal's facts as they stood at one moment, read for another service."""

"""What containers printed: read whole and newest first, without secrets, merged by time, and said."""

"""The node behind a door: HTTP for other nodes."""

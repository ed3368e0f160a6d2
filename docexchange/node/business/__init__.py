"""What the application gets, what it answers, and where documents stand."""

"""From bytes to a letter: what is accepted, what is told about it, and where it stands."""

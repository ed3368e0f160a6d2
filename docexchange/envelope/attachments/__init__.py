"""The files in a letter: where their octets come from, and how they are encoded and packed."""

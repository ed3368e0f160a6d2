"""What a letter has to say, field by field: the rules of the format, as findings."""

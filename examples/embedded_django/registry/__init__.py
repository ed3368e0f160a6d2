"""A registry of letters in Django, with the agency's node inside."""

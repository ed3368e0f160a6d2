"""How do two letters differ, in the words of the format?"""

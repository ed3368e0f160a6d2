"""From a letter to bytes, and a trace header into bytes that must not change otherwise."""

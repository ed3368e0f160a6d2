"""The books of registry, as a node keeps them."""

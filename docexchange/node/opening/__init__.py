"""From ``node.toml`` to an access point: what a node is founded on and opened with."""

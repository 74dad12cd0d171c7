"""Everything that touches outlets over the network."""

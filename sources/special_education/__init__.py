"""Special education: where disabled children of school age are schooled. What belongs here is what its list delivers."""

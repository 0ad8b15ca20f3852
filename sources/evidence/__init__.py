"""Evidence: documents, inspections and visits. What belongs here is what its register delivers."""

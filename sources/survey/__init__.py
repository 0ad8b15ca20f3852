"""Survey: answers of a questionnaire. What belongs here is what its export delivers."""

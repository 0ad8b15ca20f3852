"""Monitoring: results of the national quality monitoring. What belongs here is what its workbook delivers."""

"""The school register and crosswalk decisions: reader, columns, layouts."""

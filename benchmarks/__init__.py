"""What the numbers are and how they are measured."""

"""What runs presswatch outside the package: the demo newsroom and deployment files. Not part of the wheel."""

"""Pictures, and the program that painted them: see README.md. Not part of what is installed."""

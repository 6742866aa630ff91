"""The tests, one folder for each package, plus the rules of the house."""

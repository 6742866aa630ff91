"""What several inserted modules have in common: the text of a part stands in each, see `transforms.inserted`."""

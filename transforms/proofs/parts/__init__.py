"""Pieces of the tests that patches add: ordinary Python here, woven into one file per proof.

Nothing imports these modules at run time; they are read as text. What a proof is told (the app, the controls package)
stands in `told.py`, and the rendered file has its own values in its place.
"""

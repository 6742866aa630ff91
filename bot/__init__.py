"""Every effect of Tenon: receive pull requests, run the transforms, publish, learn. Imports stay lazy."""

__version__ = "0.1.0"

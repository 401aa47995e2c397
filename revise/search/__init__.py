"""Search in pages, cards and solvers: words → terms → documents → an index kept in the user's cache → ranked hits.

Standard library only, and nothing of Rich: drawing the hits is `revise.render.hits`'s.
"""

from revise.search.places import Hit
from revise.search.query import Query
from revise.search.ranking import Found, search

__all__ = ["Found", "Hit", "Query", "search"]

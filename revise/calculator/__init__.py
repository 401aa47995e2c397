"""`revise calc`: typed operations on formulas, read by the expression language and worked out by its engines.

What a person types becomes a tree before any algebra sees it; SymPy is handed that tree by constructors
only, and where it may wander it does so in a process of its own that is stopped in time (`asking`, `child`).
"""

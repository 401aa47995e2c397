"""Engines walk one tree: exact, sympy_, written (over `walk`), and native, latex, text, derivative.

What every evaluating engine agrees on (the tests compare them on random arrays):

- A value is a scalar, an Array, a table (dict from an index, or a tuple of indices, to values), a
  label (str) or a tuple of labels. Indices count from 0 for arrays; a table has the keys it has.
- `*` needs a scalar on one side, `.*` and `./` and `.^` work entry by entry and broadcast as NumPy does,
  `+ -` and comparisons broadcast too, `/` needs a scalar below, `^` is for scalars only.
- `@` is vector·vector, matrix·vector, vector·matrix or matrix·matrix; `.T` leaves a vector as it is.
- Reductions without `axis=` go over all entries; with it the axis stays, with length 1.
- sign(0) = 0, step(x) = 1 where x ≥ 0, round goes away from zero at a half, var divides by n,
  argmax and argmin take the first of equals (with `for`: its label or number), norm is L2 (Frobenius)
  unless `norm(x, 1)` or `norm(x, inf)`; softmax of a matrix needs an axis.
- len is the length of the first axis, diag goes both ways, concat joins along the first axis,
  matpow takes a whole exponent ≥ 0, onehot(k, n) is a vector of n with a one at k.
- where(c, a, b) with a scalar condition evaluates only the chosen side.
"""

"""A command-line tutor and calculator for university deep-learning exams."""

__version__ = "0.1.0"

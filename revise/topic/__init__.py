"""Read and validate `content/`: syllabus, pages, cards. Every Problem says file and line.

Imports nothing of the project but `revise.errors`, and no Rich: drawing is `revise.render`'s.
"""

from revise.topic.cards import asked_keys, faces
from revise.topic.library import Library, normalised, open_library, shipped_folder
from revise.topic.model import Card, Entry, Face, Place, Point, Problem, Section, Term, Topic, Worked
from revise.topic.reader import read_topic

__all__ = [
    "Card",
    "Entry",
    "Face",
    "Library",
    "Place",
    "Point",
    "Problem",
    "Section",
    "Term",
    "Topic",
    "Worked",
    "asked_keys",
    "faces",
    "normalised",
    "open_library",
    "read_topic",
    "shipped_folder",
]

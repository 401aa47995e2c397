"""What is studied next: pure functions of the content, the memories of its keys, and the time.

`day` says when a day turns, `deck` what there is to ask, `queue` what is asked next, `mastery` where the student
stands, `plan` what the days up to an exam bring. Nothing here reads the record, draws, or imports what costs.
"""

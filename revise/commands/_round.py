"""One round of questions: ask, read what is typed, say what became of it, keep the grade, go on."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from revise import schedule
from revise.commands._desk import QUIT, UNDO, Desk, Quit, Undo
from revise.commands._tally import Answered, Done, mistakes, next_command, totals
from revise.commands._wording import in_words
from revise.exercise.judge import Judgement
from revise.exercise.question import Question
from revise.progress.record import Record

_GONE = 1800.0
"""Seconds that one question counts at most: whoever leaves the table has not studied on."""


@dataclass
class Round:
    """At most `number` questions at `desk`, for `minutes` where there is a clock."""

    questions: Iterator[Question]
    record: Record
    desk: Desk
    number: int
    minutes: float | None = None
    topics: Sequence[str] = ()
    level: int | None = None
    done: list[Answered] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._began = time.monotonic()
        self._again: list[Question] = []
        self._hinted: Counter[tuple[str, int]] = Counter()
        """Hints given by prompt and part: they stay seen where the question is asked again."""
        self._paused = self._stopped = False

    def run(self) -> None:
        """Ask until the number or the time is reached or the student ends; then what it came to."""
        try:
            while (question := self._next()) is not None:
                try:
                    self.ask(question)
                except Undo:
                    self._again.append(question)
                    self.undo()
        except (Quit, EOFError):
            pass
        self.close()

    def _next(self) -> Question | None:
        """What is asked now. After the last one a slip can still be mended. Raises Quit, EOFError."""
        if self._again:
            return self._again.pop()
        if len(self.done) < self.number:
            over = self.left is not None and self.left <= 0
            question = None if over else next(self.questions, None)
            if question is not None:
                return question
            self.desk.say("")
            self.desk.say("The time is over." if over else "There are no more questions of this kind.")
        if self.desk.pressed and self.done and not self._paused:
            self.pause()
        return self._again.pop() if self._again else None

    @property
    def left(self) -> float | None:
        """Seconds on the clock; None where there is none."""
        return None if self.minutes is None else self.minutes * 60 - (time.monotonic() - self._began)

    def ask(self, question: Question) -> None:
        """One question with its parts until it is graded. Raises Quit, Undo, EOFError."""
        from revise.render.question import draw_question

        notes = [f"{len(self.done) + 1} of {self.number}"]
        if self.left is not None:
            notes.append(f"{_clock(self.left)} left")
        self._paused = False
        self.desk.say("")
        self.desk.show(draw_question(question, notes, self.desk.width))
        began = time.monotonic()
        parts: list[Done] = []
        tell = False
        for part in range(len(question.parts)):
            done, judged = self.part(question, part, parts)
            if done.outcome == "skipped":
                parts += [done] * (len(question.parts) - part)
            else:
                parts.append(done)
            last = len(parts) == len(question.parts)
            said = self.keep(question, parts, time.monotonic() - began) if last else ""
            tell = self.tell(question, part, parts, judged) or tell
            self.desk.say("")
            if last:
                self.desk.say(said)
                break
        if self.desk.pressed and tell:
            self.pause()

    def part(self, question: Question, part: int, before: Sequence[Done]) -> tuple[Done, Judgement | None]:
        """Ask for one part until there is an answer that counts. Raises Quit, Undo, EOFError."""
        from revise.render.question import draw_hint, draw_part, draw_verdict

        hints, given = question.hints(part), self._hinted[question.prompt, part]
        earlier = [done.text for done in before]
        almost: tuple[Done, Judgement] | None = None
        if not question.options:
            self.desk.show(draw_part(question.parts[part], part + 1, len(question.parts), self.desk.width))
        while True:
            text = self.desk.answer(question, part, len(hints) - given)
            if text == "?":
                if given == len(hints):
                    self.desk.say("There are no more hints." if given else "There is no hint for this one.")
                else:
                    self._hinted[question.prompt, part] = given = given + 1
                    self.desk.show(draw_hint(hints[given - 1], given, len(hints), self.desk.width))
            elif text == "skip":
                return Done("skipped", given), None
            else:
                judged = question.judge(text, part, earlier)
                if judged.outcome == "unreadable":
                    self.desk.show(draw_verdict(judged, bool(question.options), "", self.desk.width))
                    continue
                done = Done(judged.outcome, given, judged.named, judged.carried, text=text)
                if judged.outcome == "imprecise" and almost is None:
                    almost = done, judged
                    self.desk.show(draw_verdict(judged, False, "", self.desk.width))
                    self.desk.say(f"Wanted: {question.parts[part].expects}. One more try is free.")
                    continue
                if judged.outcome == "wrong" and almost is not None:
                    self.desk.show(draw_verdict(judged, False, "", self.desk.width))
                    self.desk.say("The first one counts.")
                    return almost[0]._replace(hints=given), almost[1]
                if judged.outcome == "undecided":
                    return done._replace(same=self.compared(question, part, judged)), None
                return done, judged

    def compared(self, question: Question, part: int, judged: Judgement) -> bool:
        """The student's own word where the program can't decide. Raises Quit, EOFError."""
        from revise.render.question import draw_solution, draw_verdict

        self.desk.show(draw_verdict(judged, False, "", self.desk.width))
        self.desk.show(draw_solution(question.solution_from(None, part), "The answer:", self.desk.width))
        while True:
            self.desk.say("Was yours the same?", "y yes", "n no", "q quit")
            key = self.desk.reader.read()
            if key in ("y", "yes", "n", "no"):
                return key in ("y", "yes")
            if key in QUIT:
                raise Quit

    def tell(self, question: Question, part: int, parts: Sequence[Done], judged: Judgement | None) -> bool:
        """Say what became of a part; True where there was something to read."""
        from revise.render.question import draw_solution, draw_verdict

        choice = bool(question.options)
        done = parts[part]
        if done.outcome == "undecided":
            self.desk.say("It counts as right." if done.same else "It counts as not known.")
            return False
        if judged is None:
            self.desk.say("")
            self.desk.say("Skipped: it counts as not known.")
            way = question.solution_from(None, part) if question.kind == "next" else question.answer
            self.desk.show(draw_solution(way, "The solution", self.desk.width))
            return True
        words = [question.parts[place].word for place, it in enumerate(parts[:part]) if it.outcome != "right"]
        carried = _inline(" and ".join(words)) or "earlier value"
        if choice:
            self.desk.say("")
        self.desk.show(draw_verdict(judged, choice, carried, self.desk.width))
        if done.outcome == "wrong" and not choice:
            title = "The solution from there on" if judged.step else "The solution"
            self.desk.show(draw_solution(question.solution_from(judged.step, part), title, self.desk.width))
            if part + 1 < len(question.parts):
                self.desk.say("")
                self.desk.say("The next part is judged with your own value, too.")
            return True
        if choice or done.outcome == "imprecise":
            answer = question.answer if choice else question.solution_from(None, part)
            self.desk.show(draw_solution(answer, "The answer", self.desk.width))
        return choice or done.outcome == "imprecise"

    def keep(self, question: Question, parts: Sequence[Done], seconds: float) -> str:
        """Store the grade; what to say about it once the verdict is shown."""
        answered = Answered(question, tuple(parts))
        before = self.record.memory(question.key)
        review = self.record.add(
            question.key, answered.grade, min(seconds, _GONE), question.text_hash, answer=answered.answer
        )
        self.done.append(answered._replace(review=review.id))
        memory = schedule.after(before, answered.grade, review.at, question.text_hash)
        return f"Saved: {schedule.GRADES[answered.grade]}, back in {in_words(memory.due - memory.last)}."

    def pause(self) -> None:
        """Time to read. Raises Quit, EOFError."""
        last = len(self.done) >= self.number and not self._again
        self._paused = True
        self.desk.say("")
        self.desk.say("Enter: the result" if last else "Enter: go on", "u undo", "q quit")
        key = self.desk.reader.read()
        if key in UNDO:
            self.undo()
        elif key in QUIT:
            raise Quit

    def undo(self) -> None:
        """Take the last grade back and ask that question again."""
        review = self.record.undo_last()
        if review is None:
            self.desk.say("There is no grade to take back.")
            return
        self.desk.say(f"Taken back: {review.key}, {schedule.GRADES[review.grade]}.")
        if self.done and self.done[-1].review == review.id:
            self._again.append(self.done.pop().question)
        else:
            self.desk.say("It was no question of this round, so it is not asked now.")

    def close(self) -> None:
        """What the round came to; once."""
        if self._stopped:
            return
        self._stopped = True
        from revise.render.question import draw_note

        self.desk.say("")
        if not self.done:
            self.desk.say("Nothing answered.")
            return
        for words in totals(self.done):
            self.desk.say(words)
        named = mistakes(self.done)
        if named:
            self.desk.say("")
            self.desk.say("Mistakes that have a name:")
        for answered, text in named:
            title = _inline(answered.question.title)
            self.desk.show(draw_note(f"{title}. {text}", self.desk.width, "• "))
            self.desk.say(f"  {answered.where}")
        self.desk.say("")
        self.desk.say(next_command(self.done, self.topics, self.level))


def _inline(text: str) -> str:
    from revise.render.inline import one_line

    return one_line(text).plain


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(round(seconds), 0), 60)
    return f"{minutes}:{rest:02}"

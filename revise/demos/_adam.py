"""Adam, written out: `torch.optim` costs over a second to import, and the update is the lesson."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


class Adam:
    """Kingma & Ba 2015, algorithm 1 (epsilon outside the root), over a list of parameters.

    The parameters are changed in place; `lr` is given at each step, so that a demo can schedule it.
    """

    def __init__(
        self, parameters: "Sequence[Tensor]", beta1: float = 0.9, beta2: float = 0.999, eps: float = 1e-8
    ) -> None:
        self.parameters = list(parameters)
        self.betas = beta1, beta2
        self.eps = eps
        self.count = 0
        self.mean = [parameter.detach() * 0 for parameter in parameters]
        self.square = [parameter.detach() * 0 for parameter in parameters]

    def step(self, gradients: "Sequence[Tensor]", lr: float) -> None:
        """One update; `gradients` in the order of the parameters, each of its parameter's shape."""
        beta1, beta2 = self.betas
        self.count += 1
        size = lr / (1 - beta1**self.count)
        unbias = 1 / (1 - beta2**self.count)
        slots = zip(self.parameters, gradients, self.mean, self.square, strict=True)
        for parameter, gradient, mean, square in slots:
            mean.mul_(beta1).add_(gradient, alpha=1 - beta1)
            square.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
            parameter.detach().addcdiv_(mean, (square * unbias).sqrt_().add_(self.eps), value=-size)

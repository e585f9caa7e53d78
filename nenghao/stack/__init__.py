"""The real components on one machine without containers: for the demo, the tests and the benches."""

from nenghao.stack.spec import Component, StackSpec
from nenghao.stack.stack import Stack

__all__ = ["Component", "Stack", "StackSpec"]

from unit.env.asking import asking

__all__ = ["asking"]

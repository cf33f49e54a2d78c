from protection.admin import organisations, people, staff

__all__ = ["organisations", "people", "staff"]

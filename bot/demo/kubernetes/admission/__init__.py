"""What happens to an object between the request and the store: defaults, checks, and what is allotted."""

from bot.demo.kubernetes.admission.defaults import defaulted
from bot.demo.kubernetes.admission.validation import check_create, check_shape, check_update

__all__ = ["check_create", "check_shape", "check_update", "defaulted"]

"""Where browsers look for the icon of what is no page, such as a text or a download."""

from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def icon(_request: HttpRequest) -> HttpResponseRedirect:
    """The icon that the pages name themselves."""
    return HttpResponseRedirect(static("img/mark.svg"))

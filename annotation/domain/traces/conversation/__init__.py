"""A trace as it is read: a conversation with its tools, documents and errors, everything said once."""

from annotation.domain.traces.conversation.build import Frame, build
from annotation.domain.traces.conversation.clip import Clip
from annotation.domain.traces.conversation.messages import Message, messages_of, speaks
from annotation.domain.traces.conversation.places import NoSuchPlaceError, picture_at, role_at, text_at
from annotation.domain.traces.conversation.turns import Conversation, Turn, TurnKind

__all__ = [
    "Clip",
    "Conversation",
    "Frame",
    "Message",
    "NoSuchPlaceError",
    "Turn",
    "TurnKind",
    "build",
    "messages_of",
    "picture_at",
    "role_at",
    "speaks",
    "text_at",
]

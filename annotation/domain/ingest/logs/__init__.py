"""OpenTelemetry logs: the events that carry what a span does not say, and the verdicts of evaluators.

A log record finds its run by trace and span id, by trace id alone, or by the id of the model's response, whichever of the
two comes first. Claude Code, with its traces off, writes logs only: they make runs of their own.
"""

"""Judgements on runs, traces and threads, whatever their source, and what they make of a trace."""

"""Rules: filter, sampling and actions; they see every settled trace once and say why each item is where it is."""

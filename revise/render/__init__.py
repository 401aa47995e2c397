"""Drawing on a terminal: the only folder that imports Rich."""

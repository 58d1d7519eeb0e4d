"""Files written for the project, from templates filled with the model."""

"""The distribution of duties (распределение обязанностей): roles beside what journal knows of classes and courses."""

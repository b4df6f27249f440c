"""The farm in a box: real control and real drivers, with simulated time, wires and machines."""

"""Prints a whole HDF5 file through h5py, a line a thing, for a test to compare.

Floats are printed as the sixteen digits of their bits, so that equal lines mean equal values.
"""
import struct
import sys

import h5py
import numpy


def show(value):
    if isinstance(value, (bool, numpy.bool_)):
        return str(bool(value)).lower()
    if isinstance(value, (float, numpy.floating)):
        return struct.pack(">d", value).hex()
    if isinstance(value, bytes):
        value = value.decode()
    return str(value).replace("\n", "\\n")


def dump(path, thing):
    for name in sorted(thing.attrs):
        print(f"{path}@{name}={show(thing.attrs[name])}")
    if isinstance(thing, h5py.Group):
        for name in sorted(thing):
            dump(f"{path.rstrip('/')}/{name}", thing[name])
        return
    if thing.chunks is not None:
        print(f"{path} compressed by {thing.compression}")
    if thing.dtype.names is not None:
        print(f"{path} has {' '.join(thing.dtype.names)}")
    for row in thing[:]:
        fields = row if thing.dtype.names is not None else [row]
        print(f"{path}: {'|'.join(show(field) for field in fields)}")


with h5py.File(sys.argv[1], "r") as file:
    dump("/", file)

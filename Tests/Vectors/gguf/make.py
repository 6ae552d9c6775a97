#!/usr/bin/env python3
"""Makes the GGUF files of this folder with gguf-py, llama.cpp's own writer (pip install gguf)."""
import pathlib
import struct

import gguf
import numpy

here = pathlib.Path(__file__).parent


def write(name, endianess=gguf.GGUFEndian.LITTLE, alignment=None):
    writer = gguf.GGUFWriter(here / name, "llama", endianess=endianess)
    if alignment:
        writer.add_custom_alignment(alignment)
    writer.add_name("a näme")
    writer.add_uint8("test.uint8", 255)
    writer.add_int8("test.int8", -128)
    writer.add_uint16("test.uint16", 65535)
    writer.add_int16("test.int16", -32768)
    writer.add_uint32("test.uint32", 2**32 - 1)
    writer.add_int32("test.int32", -(2**31))
    writer.add_uint64("test.uint64", 2**64 - 1)
    writer.add_int64("test.int64", -(2**63))
    writer.add_float32("test.float32", 0.1)
    writer.add_float64("test.float64", 0.1)
    writer.add_bool("test.true", True)
    writer.add_bool("test.false", False)
    writer.add_array("test.strings", ["", "b", "日本", "\n"])
    writer.add_array("test.integers", [1, -2, 3])
    writer.add_array("test.floats", [0.5, 1.5])
    writer.add_array("test.nested", [[1, 2], [3]])
    writer.add_tensor("f32", numpy.arange(6, dtype=numpy.float32).reshape(2, 3))
    writer.add_tensor("f16", numpy.arange(4, dtype=numpy.float16))
    blocks = numpy.arange(34 * 2, dtype=numpy.uint8).reshape(2, 34)
    writer.add_tensor("q8_0", blocks, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


write("v3.gguf")
write("aligned64.gguf", alignment=64)
write("big-endian.gguf", endianess=gguf.GGUFEndian.BIG)

writer = gguf.GGUFWriter(here / "split", "llama", split_max_tensors=2)
writer.add_name("split")
for index in range(5):
    writer.add_tensor(f"t{index}", numpy.full((2, 3), index, dtype=numpy.float32))
writer.write_header_to_file(here / "split.gguf")
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

data = bytearray((here / "v3.gguf").read_bytes())
struct.pack_into("<I", data, 4, 2)
(here / "v2.gguf").write_bytes(data)

"""Writes the Parquet files beside it, by pyarrow: `python make.py`. Small, one for each thing that writers do otherwise."""
import io, json, math, pathlib
import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent

# A table: float32 and float64, whole numbers of several widths, truth values, nulls, NaN, texts, a date; two groups of rows.
rows = 50
table = pa.table({
    'x': pa.array([math.sin(i) for i in range(rows)], pa.float64()),
    'f': pa.array([None if i % 11 == 5 else i / 8 for i in range(rows)], pa.float32()),
    'i': pa.array([i - 20 for i in range(rows)], pa.int64()),
    'b': pa.array([i % 2 == 0 for i in range(rows)], pa.bool_()),
    'n': pa.array([float('nan') if i == 30 else 1.5 for i in range(rows)], pa.float64()),
    'wild': pa.array([float('inf') if i == 31 else 0.5 for i in range(rows)], pa.float64()),
    'u': pa.array([i % 3 for i in range(rows)], pa.uint8()),
    't': pa.array([['cat', 'dog', 'eel'][i % 3] for i in range(rows)], pa.string()),
    'd': pa.array([i for i in range(rows)], pa.date32()),
})
for codec in ['snappy', 'zstd', 'gzip', 'brotli', 'lz4', 'none']:
    pq.write_table(table, here / f'{codec}.parquet', compression=codec, row_group_size=32,
                   data_page_version='2.0' if codec == 'zstd' else '1.0')
pq.write_table(table.slice(0, 10), here / 'plain.parquet', use_dictionary=False)

# Texts that are classes, in an order that isn't theirs, one of them missing; numbers that are missing in other rows.
gaps = pa.table({
    'x': pa.array([None if i in (3, 20) else float('nan') if i == 4 else float(i) for i in range(24)], pa.float64()),
    'k': pa.array([None if i == 7 else i for i in range(24)], pa.int32()),
    't': pa.array([None if i == 11 else ['b10', 'b2', 'a'][i % 3] for i in range(24)], pa.string()),
    's': pa.array(['' if i == 2 else f'{i % 2 + 1}' for i in range(24)], pa.string()).dictionary_encode(),
})
pq.write_table(gaps, here / 'gaps.parquet', row_group_size=5)
numbers = pa.table({'x': pa.array([1.0, 2.0, 3.0]), 't': pa.array([2, 0, 1], pa.int64())})
pq.write_table(numbers, here / 'numbers.parquet')
pq.write_table(pa.table({'x': pa.array([None, None], pa.float64())}), here / 'none-left.parquet')


# Pictures as Hugging Face's datasets writes them: structs of bytes and a path, class names in the metadata.
def png(i):
    import struct, zlib
    pixels = b''.join(b'\0' + bytes((5 * x + 40 * y + i) % 256 for x in range(4)) for y in range(4))
    def chunk(name, data):
        return struct.pack('>I', len(data)) + name + data + struct.pack('>I', zlib.crc32(name + data))
    head = struct.pack('>IIBBBBB', 4, 4, 8, 0, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', zlib.compress(pixels)) + chunk(b'IEND', b'')


image = pa.struct([('bytes', pa.binary()), ('path', pa.string())])
info = {'info': {'features': {'image': {'_type': 'Image'}, 'label': {'names': ['cat', 'dog'], '_type': 'ClassLabel'}}}}


def pictures(name, bytes_of, count=20, **how):
    columns = {
        'image': pa.array([{'bytes': bytes_of(i), 'path': f'{i}.png'} for i in range(count)], image),
        'raw': pa.array([bytes_of(i) for i in range(count)], pa.binary()),
        'label': pa.array([i % 2 for i in range(count)], pa.int64()),
    }
    made = pa.table(columns).replace_schema_metadata({'huggingface': json.dumps(info)})
    pq.write_table(made, here / name, row_group_size=7, **how)


pictures('pictures-0.parquet', png)
pictures('pictures-1.parquet', lambda i: png(100 + i), count=6)
pictures('no-bytes.parquet', lambda i: None if i == 9 else png(i), count=12)

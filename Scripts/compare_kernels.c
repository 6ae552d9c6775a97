// Compares every function of the tables that are named with the "generic" one on sample data. The Swift tests do the
// same, and more, on the machine that they run on; this runs where only an emulator is at hand, and under sanitizers.

#include "ckernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double BOUND = 2e-6;
static int passed, failed;
static ck_tuning tuning;  // of the products that are compared

static void check(const char *what, size_t a, size_t b, size_t c, double error) {
    if (error <= BOUND) {
        passed++;
    } else {
        failed++;
        printf("failed: %s (%zu, %zu, %zu): error %g\n", what, a, b, c, error);
    }
}

static uint64_t state = 88172645463325252ull;

static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20);
}

static void fill(size_t n, float *out, float scale) {
    for (size_t i = 0; i < n; i++) out[i] = scale * ((float)(next() % 20001) / 10000 - 1);
}

static void *allocate(size_t bytes) {
    void *memory = calloc(1, bytes);
    if (memory == NULL) abort();
    return memory;
}

/// The largest difference, relative to `scale`.
static double difference(size_t n, const float *a, const float *b, double scale) {
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        double error = fabs((double)a[i] - b[i]);
        if (!(error <= largest)) largest = error;
    }
    return largest / scale;
}

static double largest_magnitude(size_t n, const float *values) {
    double largest = 1e-30;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs((double)values[i]));
    return largest;
}

/// Blocks of arbitrary codes with ordinary scales, f16 numbers at the end of a block or, mostly, its beginning.
static uint8_t *sample_blocks(const ck_format *format, size_t count) {
    uint8_t *blocks = allocate(count * format->block_bytes);
    for (size_t b = 0; b < count; b++) {
        uint8_t *block = blocks + b * format->block_bytes;
        for (size_t i = 0; i < format->block_bytes; i++) block[i] = (uint8_t)next();
        if (format->block_size == 1) {
            uint8_t *high = block + format->block_bytes - 1;
            *high = (uint8_t)((format->gguf_id == 1 ? 0x20 : 0x3e) | (*high & 0x81));
        } else if (format->gguf_id == 10 || format->gguf_id == 11 || format->gguf_id == 14) {
            uint8_t *last = block + format->block_bytes - 1;
            *last = 0x20 | (*last & 0x87);
            if (format->gguf_id == 10) last[-2] = 0x20 | (last[-2] & 0x87);
        } else if (format->gguf_id == 39) {
            block[0] = 120;  // an exponent
        } else {
            block[1] = 0x20 | (block[1] & 0x87);
            block[3] = 0x20 | (block[3] & 0x87);
        }
    }
    return blocks;
}

static void compare_products(const ck_format *fast, const ck_format *reference, size_t length) {
    enum { ROWS = 37, COLUMNS = 9 };
    char what[64];
    snprintf(what, sizeof what, "type %u of length %zu", fast->gguf_id, length);
    uint8_t *blocks = sample_blocks(fast, ROWS * length / fast->block_size);
    float *values = allocate(length * sizeof(float)), *weights = allocate(ROWS * length * sizeof(float));
    size_t column_bytes = fast->activation->bytes(length);
    uint8_t *activations = allocate(COLUMNS * column_bytes), *same = allocate(column_bytes);
    for (size_t c = 0; c < COLUMNS; c++) {
        fill(length, values, 1);
        fast->activation->quantize(length, values, activations + c * column_bytes);
        reference->activation->quantize(length, values, same);
        check("quantize", c, length, fast->gguf_id, memcmp(same, activations + c * column_bytes, column_bytes) != 0);
    }
    reference->dequantize(ROWS * length, blocks, weights);
    double scale = largest_magnitude(ROWS * length, weights) * (double)length;
    float out[2][ROWS * COLUMNS];
    for (size_t rows = 1; rows <= ROWS; rows += 4) {
        for (size_t columns = 1; columns <= COLUMNS; columns++) {
            ck_product product = {
                .rows = rows, .columns = columns, .n = length, .weights = blocks,
                .weight_stride = length / fast->block_size * fast->block_bytes, .activations = activations,
                .activation_stride = column_bytes, .out = out[0], .out_stride = rows,
                .tuning = tuning};
            fast->multiply(&product);
            product.out = out[1];
            reference->multiply(&product);
            check(what, rows, columns, length, difference(rows * columns, out[0], out[1], scale));
            product.columns = 1;
            for (size_t c = 0; c < columns; c++) {
                product.activations = activations + c * column_bytes;
                product.out = out[1] + c * rows;
                fast->multiply(&product);
            }
            check("bits of a column alone", rows, columns, length,
                  memcmp(out[0], out[1], rows * columns * sizeof(float)) != 0);
        }
    }
    free(blocks), free(values), free(weights), free(activations), free(same);
}

/// Compares products with packed weights with those of the same weights as they are, of which they must have the bits.
static void compare_packed(const ck_format *format, size_t length) {
    enum { ROWS = 37, COLUMNS = 33 };
    if (format->multiply_packed == NULL) return;
    char what[64];
    snprintf(what, sizeof what, "packed type %u of length %zu", format->gguf_id, length);
    size_t row_bytes = length / format->block_size * format->block_bytes;
    size_t bands = (ROWS + CK_BAND_ROWS - 1) / CK_BAND_ROWS, column_bytes = format->activation->bytes(length);
    uint8_t *blocks = sample_blocks(format, ROWS * length / format->block_size);
    uint8_t *packed = allocate(bands * CK_BAND_ROWS * row_bytes), *activations = allocate(COLUMNS * column_bytes);
    float *values = allocate(length * sizeof(float)), out[2][ROWS * COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        fill(length, values, 1);
        format->activation->quantize(length, values, activations + c * column_bytes);
    }
    for (size_t rows = 1; rows <= ROWS; rows += 4) {
        ck_pack(format, rows, length, blocks, row_bytes, packed);
        for (size_t columns = 1; columns <= COLUMNS; columns += columns < 9 ? 1 : columns == 9 ? 8 : 16) {
            ck_product product = {
                .rows = rows, .columns = columns, .n = length, .weights = blocks, .weight_stride = row_bytes,
                .activations = activations, .activation_stride = column_bytes, .out = out[0], .out_stride = rows,
                .tuning = tuning};
            format->multiply(&product);
            product.weights = packed;
            product.out = out[1];
            format->multiply_packed(&product);
            check(what, rows, columns, length, memcmp(out[0], out[1], rows * columns * sizeof(float)) != 0);
        }
    }
    free(blocks), free(packed), free(activations), free(values);
}

static void compare_elementwise(const ck_operations *fast, const ck_operations *reference, size_t n) {
    float a[300], b[300], out[2][300];
    fill(n, a, 9);
    fill(sizeof b / sizeof b[0], b, 2);  // rope's tables too
    fast->rms_norm(n, a, b, 1e-5f, out[0]), reference->rms_norm(n, a, b, 1e-5f, out[1]);
    check("rms_norm", n, 0, 0, difference(n, out[0], out[1], largest_magnitude(n, out[1])));
    fast->silu_multiply(n, a, b, out[0]), reference->silu_multiply(n, a, b, out[1]);
    check("silu_multiply", n, 0, 0, difference(n, out[0], out[1], largest_magnitude(n, out[1])));
    fast->add(n, a, b, out[0]), reference->add(n, a, b, out[1]);
    check("add", n, 0, 0, difference(n, out[0], out[1], 1));
    for (int interleaved = 0; interleaved < 2; interleaved++) {
        size_t width = n / 2 / 4 * 4;
        fast->rope(2, width, width, interleaved, b, b + 100, a, out[0]);
        reference->rope(2, width, width, interleaved, b, b + 100, a, out[1]);
        check("rope", width, (size_t)interleaved, 0, difference(2 * width, out[0], out[1], 20));
    }
}

/// Fills a cache with both tables, which must give the same bytes; returns it.
static uint8_t *sample_cache(const ck_cache *fast, const ck_cache *reference, size_t blocks, size_t block_tokens,
                             size_t width) {
    size_t bytes = 2 * blocks * fast->tile_bytes(width);
    uint8_t *cache = allocate(bytes), *same = allocate(bytes);
    float *key = allocate(2 * width * sizeof(float));
    for (size_t i = 0; i < blocks * block_tokens; i++) {
        size_t tile = i / block_tokens * 2 * fast->tile_bytes(width), values = tile + fast->tile_bytes(width);
        fill(2 * width, key, 2);
        fast->store_key(width, key, i % block_tokens, cache + tile);
        fast->store_value(width, key + width, i % block_tokens, cache + values);
        reference->store_key(width, key, i % block_tokens, same + tile);
        reference->store_value(width, key + width, i % block_tokens, same + values);
    }
    check("store", width, block_tokens, blocks, memcmp(cache, same, bytes) != 0);
    free(same), free(key);
    return cache;
}

static void compare_attention(const ck_cache *fast, const ck_cache *reference, size_t rows, size_t heads, size_t width,
                              size_t first_position, size_t window) {
    enum { BLOCK_TOKENS = 20 };
    if (width % fast->width_unit != 0) return;
    size_t blocks = (first_position + rows + BLOCK_TOKENS - 1) / BLOCK_TOKENS, row = heads * width;
    uint8_t *cache = sample_cache(fast, reference, blocks, BLOCK_TOKENS, width);
    const void **keys = allocate(blocks * sizeof *keys), **values = allocate(blocks * sizeof *values);
    for (size_t b = 0; b < blocks; b++) {
        keys[b] = cache + 2 * b * fast->tile_bytes(width);
        values[b] = cache + (2 * b + 1) * fast->tile_bytes(width);
    }
    float *query = allocate(rows * row * sizeof(float)), *out[3];
    size_t tiles = (first_position + rows - 1) / ck_attend_tile_tokens(BLOCK_TOKENS) + 1;
    float *records = allocate(rows * heads * tiles * fast->record(width) * sizeof(float));
    fill(rows * row, query, 2);
    for (int i = 0; i < 3; i++) {  // the fast one, the reference, the fast one in two tasks
        const ck_cache *type = i == 1 ? reference : fast;
        float *scratch = allocate((type->scratch(rows, heads, width, BLOCK_TOKENS) + 1) * sizeof(float));
        out[i] = allocate(rows * row * sizeof(float));
        ck_attention task = {
            .rows = rows, .heads = heads, .head_width = width, .block_tokens = BLOCK_TOKENS,
            .first_position = first_position, .window = window, .scale = 0.125f, .query = query, .query_stride = row,
            .keys = keys, .values = values, .out = out[i], .out_stride = row, .scratch = scratch,
            .records = i == 2 ? records : NULL, .record_tiles = tiles, .end_tile = 1};
        type->attend(&task);
        if (i == 2) {
            task.first_tile = 1;
            task.end_tile = tiles;
            type->attend(&task);
            type->merge(&task);
        }
        free(scratch);
    }
    check("attend", rows, width, first_position, difference(rows * row, out[0], out[1], 2));
    check("attend in two tasks", rows, width, first_position, memcmp(out[0], out[2], rows * row * sizeof(float)) != 0);
    free(cache), free(keys), free(values), free(query), free(records);
    for (int i = 0; i < 3; i++) free(out[i]);
}

/// The generic format of the same type and the same kind of activations.
static const ck_format *find_twin(const ck_table *reference, const ck_format *format) {
    for (size_t i = 0; i < reference->format_count; i++) {
        const ck_format *twin = &reference->formats[i];
        bool same_kind = strcmp(twin->activation->name, format->activation->name) == 0;
        if (twin->gguf_id == format->gguf_id && same_kind) return twin;
    }
    abort();
}

static void compare_format(const ck_format *format, const ck_table *reference) {
    const ck_format *twin = find_twin(reference, format);
    for (size_t blocks = 1; blocks <= 3; blocks++) {
        size_t unit = format->block_size == 1 ? 97 : format->block_size == 32 ? 160 : 256;
        compare_products(format, twin, blocks * unit);
        compare_packed(format, blocks * unit);
    }
}

/// Compares a table with the generic one and prints how many comparisons passed.
static bool compare(const char *name) {
    const ck_table *fast = ck_table_named(name), *reference = ck_table_named("generic");
    passed = 0, failed = 0;
    if (fast == NULL || reference == NULL) {
        printf("%s: 0 passed, 1 failed: this CPU cannot run it\n", name);
        return false;
    }
    const int tunings = strncmp(name, "avx512", 6) == 0 ? 2 : 1;  // the others make no difference
    for (int t = 0; t < tunings; t++) {
        tuning = (ck_tuning){.stream_ahead = t == 0 ? 0 : 4096, .pairs_panels = t == 1};
        for (size_t i = 0; i < fast->format_count; i++) compare_format(&fast->formats[i], reference);
    }
    for (size_t n = 8; n <= 300; n = n * 3 / 2 + 1) compare_elementwise(&fast->operations, &reference->operations, n);
    for (const ck_cache *type = fast->caches; type->name != NULL; type++) {
        const ck_cache *twin = ck_find_cache(reference, type->name);
        compare_attention(type, twin, 1, 4, 64, 0, 0);
        compare_attention(type, twin, 1, 1, 64, 400, 0);
        compare_attention(type, twin, 9, 3, 128, 55, 0);
        compare_attention(type, twin, 33, 2, 96, 300, 17);
        compare_attention(type, twin, 5, 16, 32, 119, 0);
        compare_attention(type, twin, 2, 2, 36, 19, 0);
        compare_attention(type, twin, 2, 2, 30, 19, 0);
    }
    printf("%s: %d passed, %d failed\n", name, passed, failed);
    return failed == 0;
}

/// Compares the tables that are named, of which one must be the one that this CPU is given.
int main(int argc, char **argv) {
    const char *best = ck_best_table()->name;
    bool all = true, has_best = false;
    for (int i = 1; i < argc; i++) {
        all = compare(argv[i]) && all;
        has_best = has_best || strcmp(best, argv[i]) == 0;
    }
    printf("this CPU is given the table %s\n", best);
    return all && has_best ? 0 : 1;
}

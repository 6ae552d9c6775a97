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

static void compare_rows(const char *what, size_t n, size_t index, float out[2][300]) {
    check(what, n, index, 0, difference(n, out[0], out[1], largest_magnitude(n, out[1])));
}

static void compare_elementwise(const ck_operations *fast, const ck_operations *reference, size_t n) {
    float a[300], b[300], out[2][300];
    fill(n, a, 9);
    fill(sizeof b / sizeof b[0], b, 2);  // rope's tables too
    for (int weighted = 0; weighted < 2; weighted++) {
        const float *weight = weighted ? b : NULL, *bias = weighted ? b + 1 : NULL;
        fast->rms_norm(n, a, weight, 1e-5f, out[0]), reference->rms_norm(n, a, weight, 1e-5f, out[1]);
        compare_rows("rms_norm", n, (size_t)weighted, out);
        fast->layer_norm(n, a, weight, bias, 1e-5f, out[0]), reference->layer_norm(n, a, weight, bias, 1e-5f, out[1]);
        compare_rows("layer_norm", n, (size_t)weighted, out);
    }
    for (size_t f = 0; f < CK_ACTIVATIONS; f++) {
        fast->activate[f](n, a, out[0]), reference->activate[f](n, a, out[1]);
        compare_rows("activate", n, f, out);
        fast->gate[f](n, a, b, out[0]), reference->gate[f](n, a, b, out[1]);
        compare_rows("gate", n, f, out);
    }
    fast->clamped_swiglu(n, a, b, 1.702f, 7, out[0]), reference->clamped_swiglu(n, a, b, 1.702f, 7, out[1]);
    compare_rows("clamped_swiglu", n, 0, out);
    fast->softcap(n, a, 5, out[0]), reference->softcap(n, a, 5, out[1]);
    compare_rows("softcap", n, 0, out);
    fast->add(n, a, b, out[0]), reference->add(n, a, b, out[1]);
    compare_rows("add", n, 0, out);
    fast->multiply(n, a, b, out[0]), reference->multiply(n, a, b, out[1]);
    compare_rows("multiply", n, 0, out);
    fast->scale(n, a, 0.3f, out[0]), reference->scale(n, a, 0.3f, out[1]);
    compare_rows("scale", n, 0, out);
    fast->clamp(n, a, -3, 2, out[0]), reference->clamp(n, a, -3, 2, out[1]);
    compare_rows("clamp", n, 0, out);
    for (int interleaved = 0; interleaved < 2; interleaved++) {
        size_t width = n / 2 / 4 * 4;
        fast->rope(2, width, width, interleaved, b, b + 100, a, out[0]);
        reference->rope(2, width, width, interleaved, b, b + 100, a, out[1]);
        check("rope", width, (size_t)interleaved, 0, difference(2 * width, out[0], out[1], 20));
    }
}

/// Compares results and states of a convolution and of a scan, each in two tasks.
static void compare_recurrent(const ck_operations *fast, const ck_operations *reference, size_t width, size_t states,
                              size_t a_width) {
    enum { ROWS = 9, FIRST = 2, HEADS = 3, MOST = 41, STATES = 70, KERNEL = 11 };
    const size_t row = HEADS * width;
    float in[ROWS * HEADS * MOST], shared[2][ROWS * STATES], dt[ROWS * HEADS], a[HEADS * STATES], d[HEADS];
    float weight[HEADS * MOST * KERNEL], out[2][ROWS * HEADS * MOST], state[2][HEADS * MOST * STATES];
    fill(sizeof in / sizeof in[0], in, 1), fill(ROWS * STATES, shared[0], 1), fill(ROWS * STATES, shared[1], 1);
    fill(ROWS * HEADS, dt, 1), fill(HEADS * STATES, a, 1), fill(HEADS, d, 1);
    fill(sizeof weight / sizeof weight[0], weight, 1), fill(HEADS * MOST * STATES, state[0], 1);
    for (size_t i = 0; i < HEADS * STATES; i++) a[i] = -fabsf(a[i]);
    for (size_t i = 0; i < ROWS * HEADS; i++) dt[i] = fabsf(dt[i]);
    for (size_t kernel = 1; kernel <= KERNEL; kernel += 3) {
        memcpy(state[1], state[0], sizeof state[0]);
        for (int i = 0; i < 2; i++) {
            ck_convolution task = {
                .rows = FIRST, .channels = row, .width = kernel, .weight = weight, .bias = kernel > 4 ? NULL : a,
                .in = in, .in_stride = row, .state = state[i], .state_stride = row, .out = out[i], .out_stride = row};
            (i == 0 ? fast : reference)->convolve(&task);
            task.rows = ROWS - FIRST, task.in = in + FIRST * row, task.out = out[i] + FIRST * row;
            (i == 0 ? fast : reference)->convolve(&task);
        }
        check("convolve", width, kernel, 0, difference(ROWS * row, out[0], out[1], 4));
        check("convolve's state", width, kernel, 0, memcmp(state[0], state[1], sizeof state[0]) != 0);
    }
    for (int i = 0; i < 2; i++) {
        ck_scan task = {
            .rows = FIRST, .heads = HEADS, .head_width = width, .state_width = states, .x = in, .x_stride = row,
            .dt = dt, .dt_stride = HEADS, .a = a, .a_width = a_width, .b = shared[0], .c = shared[1],
            .b_stride = states, .c_stride = states, .d = width > 8 ? NULL : d, .state = state[i], .out = out[i],
            .out_stride = row};
        (i == 0 ? fast : reference)->scan(&task);
        task.rows = ROWS - FIRST, task.x = in + FIRST * row, task.dt = dt + FIRST * HEADS;
        task.b = shared[0] + FIRST * states, task.c = shared[1] + FIRST * states, task.out = out[i] + FIRST * row;
        (i == 0 ? fast : reference)->scan(&task);
    }
    check("scan", width, states, a_width, difference(ROWS * row, out[0], out[1], largest_magnitude(ROWS * row, out[1])));
    check("scan's state", width, states, a_width, difference(row * states, state[0], state[1], 2));
}

/// Fills a cache with both tables, which must give the same bytes; returns it.
static uint8_t *sample_cache(const ck_cache *fast, const ck_cache *reference, size_t blocks, size_t block_tokens,
                             size_t width) {
    size_t bytes = 2 * blocks * fast->slice_bytes(width);
    uint8_t *cache = allocate(bytes), *same = allocate(bytes);
    float *key = allocate(2 * width * sizeof(float));
    for (size_t i = 0; i < blocks * block_tokens; i++) {
        size_t tile = i / block_tokens * 2 * fast->slice_bytes(width), values = tile + fast->slice_bytes(width);
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

/// A case of attention. Each row sees the positions up to its own, or the last `window` of them, or all.
typedef struct {
    size_t rows, heads, key_width, value_width, first_position, window;
    bool is_full, has_sinks, has_slopes;
    float softcap;
} attention_case;

static void compare_attention(const ck_cache *fast, const ck_cache *reference, attention_case c) {
    enum { BLOCK_TOKENS = 20 };
    if (c.key_width % fast->width_unit != 0 || c.value_width % fast->width_unit != 0) return;
    size_t end = c.first_position + c.rows, blocks = (end + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
    size_t row = c.heads * c.key_width, out_row = c.heads * c.value_width;
    uint8_t *key_cache = sample_cache(fast, reference, blocks, BLOCK_TOKENS, c.key_width);
    uint8_t *value_cache = sample_cache(fast, reference, blocks, BLOCK_TOKENS, c.value_width);
    const void **keys = allocate(blocks * sizeof *keys), **values = allocate(blocks * sizeof *values);
    for (size_t b = 0; b < blocks; b++) {
        keys[b] = key_cache + 2 * b * fast->slice_bytes(c.key_width);
        values[b] = value_cache + (2 * b + 1) * fast->slice_bytes(c.value_width);
    }
    ck_positions *seen = allocate(c.rows * sizeof *seen);
    for (size_t r = 0; r < c.rows; r++) {
        size_t last = c.is_full ? end : c.first_position + r + 1;
        seen[r] = (ck_positions){(uint32_t)(c.window > 0 && last > c.window ? last - c.window : 0), (uint32_t)last};
    }
    float *query = allocate(c.rows * row * sizeof(float)), *out[3], sinks[16], slopes[16];
    size_t tiles = (end - 1) / ck_attend_tile_tokens(BLOCK_TOKENS) + 1;
    float *records = allocate(c.rows * c.heads * tiles * fast->record(c.value_width) * sizeof(float));
    fill(c.rows * row, query, 2), fill(16, sinks, 4), fill(16, slopes, 0.1f);
    for (int i = 0; i < 3; i++) {  // the fast one, the reference, the fast one in two tasks
        const ck_cache *type = i == 1 ? reference : fast;
        size_t floats = type->scratch(c.rows, c.heads, c.key_width, c.value_width, BLOCK_TOKENS);
        float *scratch = allocate((floats + 1) * sizeof(float));
        out[i] = allocate(c.rows * out_row * sizeof(float));
        ck_attention task = {
            .rows = c.rows, .heads = c.heads, .key_width = c.key_width, .value_width = c.value_width,
            .block_tokens = BLOCK_TOKENS, .seen = seen, .first_position = c.first_position, .scale = 0.125f,
            .softcap = c.softcap, .sinks = c.has_sinks ? sinks : NULL, .slopes = c.has_slopes ? slopes : NULL,
            .query = query, .query_stride = row, .keys = keys, .values = values, .out = out[i], .out_stride = out_row,
            .scratch = scratch, .records = i == 2 ? records : NULL, .record_tiles = tiles, .end_tile = 1};
        type->attend(&task);
        if (i == 2) {
            task.first_tile = 1;
            task.end_tile = tiles;
            type->attend(&task);
            type->merge(&task);
        }
        free(scratch);
    }
    check("attend", c.rows, c.key_width, c.first_position, difference(c.rows * out_row, out[0], out[1], 2));
    check("attend in two tasks", c.rows, c.key_width, c.first_position,
          memcmp(out[0], out[2], c.rows * out_row * sizeof(float)) != 0);
    free(key_cache), free(value_cache), free(keys), free(values), free(query), free(records), free(seen);
    for (int i = 0; i < 3; i++) free(out[i]);
}

static const attention_case attention_cases[] = {
    {.rows = 1, .heads = 4, .key_width = 64, .value_width = 64},
    {.rows = 1, .heads = 1, .key_width = 64, .value_width = 64, .first_position = 400},
    {.rows = 9, .heads = 3, .key_width = 128, .value_width = 128, .first_position = 55},
    {.rows = 33, .heads = 2, .key_width = 96, .value_width = 96, .first_position = 300, .window = 17},
    {.rows = 5, .heads = 16, .key_width = 32, .value_width = 32, .first_position = 119},
    {.rows = 2, .heads = 2, .key_width = 36, .value_width = 36, .first_position = 19},
    {.rows = 2, .heads = 2, .key_width = 30, .value_width = 30, .first_position = 19},
    {.rows = 3, .heads = 5, .key_width = 96, .value_width = 64, .first_position = 130, .has_sinks = true},
    {.rows = 1, .heads = 2, .key_width = 32, .value_width = 96, .first_position = 200, .softcap = 3},
    {.rows = 7, .heads = 4, .key_width = 64, .value_width = 64, .first_position = 125, .has_slopes = true},
    {.rows = 70, .heads = 1, .key_width = 17, .value_width = 5, .first_position = 70, .is_full = true},
    {.rows = 6, .heads = 3, .key_width = 576, .value_width = 512, .first_position = 30, .window = 9, .softcap = 5,
     .has_sinks = true, .has_slopes = true},
};

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
    for (size_t n = 8; n <= 300; n = n * 3 / 2 + 1) compare_elementwise(fast->operations, reference->operations, n);
    compare_recurrent(fast->operations, reference->operations, 5, 7, 1);
    compare_recurrent(fast->operations, reference->operations, 41, 70, 1);
    compare_recurrent(fast->operations, reference->operations, 1, 16, 16);
    compare_recurrent(fast->operations, reference->operations, 24, 21, 21);
    for (const ck_cache *type = fast->caches; type->name != NULL; type++) {
        const ck_cache *twin = ck_find_cache(reference, type->name);
        for (size_t i = 0; i < sizeof attention_cases / sizeof attention_cases[0]; i++) {
            compare_attention(type, twin, attention_cases[i]);
        }
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

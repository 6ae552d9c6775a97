#ifndef CKERNELS_H
#define CKERNELS_H

// The face of the kernels: one table for each instruction set, chosen at run time.
// Every function is pure: it reads and writes only through its pointers, allocates nothing and knows no threads.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What suits a CPU beyond the instructions that it has. Results are the same bits, whatever is chosen.
typedef struct {
    size_t stream_ahead;  // bytes of packed weights to ask for ahead of their use; 0: the hardware alone does better
    bool pairs_panels;    // whether tiles of integers are of two vectors of rows, which takes fewer loads
} ck_tuning;

/// A block of out = weights × activations: out[c * out_stride + r] is the dot product of weight row r and activation
/// column c.
typedef struct {
    size_t rows, columns;       // of this task
    size_t n;                   // length of the dot products, a multiple of the format's block size
    const void *weights;        // rows of blocks as in the file
    size_t weight_stride;       // bytes from row to row
    const void *activations;    // columns in the format's activation type
    size_t activation_stride;   // bytes from column to column
    float *out;
    size_t out_stride;          // floats from column to column
    ck_tuning tuning;
} ck_product;

/// How kernels want the right-hand side of a product.
typedef struct {
    const char *name;
    size_t (*bytes)(size_t n);                                     // of one column of n elements, a multiple of 64
    void (*quantize)(size_t n, const float *in, void *out);        // one column
} ck_activation;

/// Words of a block that lie together.
typedef struct {
    uint8_t first, count;
} ck_piece;

/// All that a quantization type is to the engine.
typedef struct {
    uint32_t gguf_id;
    size_t block_size, block_bytes;
    const ck_activation *activation;
    void (*dequantize)(size_t n, const void *blocks, float *out);
    /// Any number of rows and columns; one column is the generation case, many the prompt case.
    void (*multiply)(const ck_product *product);
    /// The same with weights that ck_pack has arranged, from the first row of a band on; NULL where there is none, and
    /// `multiply` where rows as they are suit it best, so that only the memory that they are copied to is better.
    void (*multiply_packed)(const ck_product *product);
    /// The words of a block in the order that packed products read them, ended by an empty piece; NULL: as they are.
    const ck_piece *packed_order;
    /// Tasks of a multiple of this many rows are best: 1 × for one column, 4 × for many.
    size_t row_tile;
} ck_format;

/// Rows of a band, see ck_pack.
#define CK_BAND_ROWS 32

/// Arranges rows of n elements for `multiply_packed`: the words of CK_BAND_ROWS rows lie side by side, so that a vector
/// has the same elements of all rows of a band, or the rows stay as they are. `weight_stride`: bytes from row to row. Bands
/// are CK_BAND_ROWS × weight_stride bytes long, as their rows were; rows that the last one lacks are zero.
void ck_pack(const ck_format *format, size_t rows, size_t n, const void *weights, size_t weight_stride, void *out);

/// The most tokens of a KV block.
#define CK_CACHE_TOKENS 32
/// The widest heads of cache types that rotate them.
#define CK_ROTATED_WIDTH 1024

/// Causal attention of query rows of one sequence, for one key/value head and the query heads that share it.
/// Row i of the task is at position `first_position + i` and sees positions 0 ... first_position + i
/// (or the last `window` of them where window > 0).
/// Positions are computed in tiles of ck_attend_tile_tokens(block_tokens) and merged in ascending order. One task does
/// all, or some do a few tiles each and write records of them, which ck_cache.merge makes a result of: the
/// bits are the same.
typedef struct {
    size_t rows, heads;             // query rows; query heads of this group
    size_t head_width, block_tokens;
    size_t first_position, window;
    float scale;                    // multiplies q·k
    const float *query;             // [rows][heads][head_width], rows query_stride floats apart
    size_t query_stride;
    const void *const *keys;        // one pointer a block, at a tile of the cache type
    const void *const *values;
    float *out;                     // as query
    size_t out_stride;
    float *scratch;                 // ck_cache.scratch(...) floats
    float *records;                 // NULL, or [rows][heads][record_tiles] × ck_cache.record(...) floats
    size_t record_tiles;            // more than the last tile's index
    size_t first_tile, end_tile;    // where records are written: tiles of this task
} ck_attention;

/// All that a type of the KV cache is to the engine. A tile has the keys, or the values, of one head in one block.
typedef struct {
    const char *name;               // as OLLAMA_KV_CACHE_TYPE has it
    size_t width_unit;              // head widths are multiples of this
    bool rotates;                   // keeps heads rotated, of CK_ROTATED_WIDTH elements or fewer
    size_t (*tile_bytes)(size_t head_width);  // a multiple of 64
    void (*store_key)(size_t head_width, const float *key, size_t token, void *tile);
    void (*store_value)(size_t head_width, const float *value, size_t token, void *tile);
    size_t (*scratch)(size_t rows, size_t heads, size_t head_width, size_t block_tokens);
    size_t (*record)(size_t head_width);
    void (*attend)(const ck_attention *task);
    void (*merge)(const ck_attention *task);
} ck_cache;

/// Positions of an attention tile.
size_t ck_attend_tile_tokens(size_t block_tokens);

typedef struct {
    void (*rms_norm)(size_t n, const float *in, const float *weight, float epsilon, float *out);
    /// Rotates `heads` heads of `head_width` floats, the first `rotated` of each, by cos/sin tables [rotated / 2].
    /// interleaved: pairs (2i, 2i+1); otherwise pairs (i, i + rotated / 2).
    void (*rope)(size_t heads, size_t head_width, size_t rotated, bool interleaved, const float *cosines,
                 const float *sines, const float *in, float *out);
    void (*silu_multiply)(size_t n, const float *gate, const float *up, float *out);
    void (*add)(size_t n, const float *a, const float *b, float *out);
    /// Reads every byte once, as fast as a plain loop can: what products that wait for memory are measured by.
    uint64_t (*sum_bytes)(size_t n, const uint8_t *bytes);
} ck_operations;

typedef struct {
    const char *name;               // "generic", "avx2", "avx_vnni", "avx512", "avx512_bf16", "neon", "dotprod", "i8mm"
    size_t format_count;
    const ck_format *formats;       // every supported type; a missing fast function falls back to generic
    const ck_cache *caches;         // every type of the KV cache; one without a name ends them
    ck_operations operations;
} ck_table;

/// The best table for this CPU.
const ck_table *ck_best_table(void);
/// The best for a CPU of this architecture with these features, see ck_cpu_features.h.
const ck_table *ck_best_table_with(uint32_t features);
/// The table of that name, or NULL where this CPU or build cannot run it.
const ck_table *ck_table_named(const char *name);
/// What suits this CPU.
ck_tuning ck_best_tuning(void);
/// The table's row for a GGUF type, or NULL.
const ck_format *ck_find_format(const ck_table *table, uint32_t gguf_id);
/// The table's row for a type of the KV cache, or NULL.
const ck_cache *ck_find_cache(const ck_table *table, const char *name);

#endif

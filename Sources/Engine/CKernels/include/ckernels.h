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
    bool pairs_panels;    // whether microtiles of integers are of two vectors of rows, which takes fewer loads
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
    size_t row_unit;
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

/// Positions first ..< end of a sequence.
typedef struct {
    uint32_t first, end;
} ck_positions;

/// Attention of query rows of one sequence, for one key/value head and the query heads that share it. Each row sees a
/// range of positions of its own. The score of a position is scale × query·key; where `softcap` applies softcap ×
/// tanh(score / softcap); where `slopes` apply + slope × (position - the row's own).
/// Positions are computed in tiles, which begin at multiples of ck_attend_tile_tokens(block_tokens), and merged in
/// ascending order. One task does all, or some do a few tiles each and write records of them, which ck_cache.merge makes
/// a result of: the bits are the same.
typedef struct {
    size_t rows, heads;             // query rows; query heads of this group
    size_t key_width, value_width;  // elements of a head's query and key, and of its value and result
    size_t block_tokens;
    const ck_positions *seen;       // [rows]: what each row sees, at least one position
    size_t first_position;          // the first row's own, the next is the second's, ...: for `slopes` only
    float scale;
    float softcap;                  // 0: does not apply
    const float *sinks;             // NULL, or [heads]: one more score, which takes weight and gives no value
    const float *slopes;            // NULL, or [heads] (ALiBi)
    const float *query;             // [rows][heads][key_width], rows query_stride floats apart
    size_t query_stride;
    const void *const *keys;        // one pointer a block, at a slice of the cache type; those of blocks before the last
    const void *const *values;      // seen one that no row sees may point to any block
    float *out;                     // [rows][heads][value_width], rows out_stride floats apart
    size_t out_stride;
    float *scratch;                 // ck_cache.scratch(...) floats
    float *records;                 // NULL, or [rows][heads][record_tiles] × ck_cache.record(...) floats
    size_t record_tiles;            // more than the last tile's index
    size_t first_tile, end_tile;    // where records are written: tiles of this task
} ck_attention;

/// All that a type of the KV cache is to the engine. A slice has the keys, or the values, of one head in one block.
typedef struct {
    const char *name;               // as OLLAMA_KV_CACHE_TYPE has it
    size_t width_unit;              // widths of keys and of values are multiples of this
    bool rotates;                   // keeps keys and values rotated, of CK_ROTATED_WIDTH elements or fewer
    size_t (*slice_bytes)(size_t width); // a multiple of 64
    void (*store_key)(size_t width, const float *key, size_t token, void *slice);
    void (*store_value)(size_t width, const float *value, size_t token, void *slice);
    size_t (*scratch)(size_t rows, size_t heads, size_t key_width, size_t value_width, size_t block_tokens);
    size_t (*record)(size_t value_width);
    void (*attend)(const ck_attention *task);
    void (*merge)(const ck_attention *task);
} ck_cache;

/// Positions of an attention tile.
size_t ck_attend_tile_tokens(size_t block_tokens);

/// Functions that follow a linear layer, by their index in ck_operations.
enum {
    CK_SILU,          // x × sigmoid(x)
    CK_GELU,          // x × (1 + erf(x / √2)) / 2
    CK_GELU_TANH,     // x × (1 + tanh(√(2 / π) × (x + 0.044715 x³))) / 2
    CK_GELU_QUICK,    // x × sigmoid(1.702 x)
    CK_RELU,          // max(x, 0)
    CK_RELU_SQUARED,  // max(x, 0)²
    CK_SIGMOID,       // 1 / (1 + exp(-x))
    CK_TANH,
    CK_SOFTPLUS,      // log(1 + exp(x))
    CK_EXP,
    CK_ACTIVATIONS,   // how many there are
};

/// out[i] = f(in[i]); `out` may be `in`.
typedef void (*ck_unary)(size_t n, const float *in, float *out);
/// out[i] = f(a[i], b[i]); `out` may be `a` or `b`.
typedef void (*ck_binary)(size_t n, const float *a, const float *b, float *out);

/// Causal depthwise convolution over the rows of a sequence, for some channels:
/// out[row][c] = bias[c] + Σ over k of weight[c][k] × the input of channel c, width - 1 - k rows before.
typedef struct {
    size_t rows, channels;          // of this task
    size_t width;                   // inputs of a result: that of the row itself and those of the rows before
    const float *weight;            // [channels][width], the row's own last
    const float *bias;              // NULL, or [channels]
    const float *in;                // [rows][channels], rows in_stride floats apart
    size_t in_stride;
    float *state;                   // [width - 1][channels], rows state_stride floats apart: the inputs before the
    size_t state_stride;            // task, the oldest first; then those before the next task
    float *out;                     // [rows][channels], rows out_stride floats apart; not `in`
    size_t out_stride;
} ck_convolution;

/// Selective scan of rows of a sequence, for heads that share B and C. For each head and row, one row after the other:
/// state[p][n] = exp(dt × a) × state[p][n] + dt × x[p] × b[n]; out[p] = Σ over n of state[p][n] × c[n] + d × x[p].
typedef struct {
    size_t rows, heads;             // of this task
    size_t head_width, state_width; // head_width is 1 in Mamba 1, whose heads are channels
    const float *x;                 // [rows][heads][head_width], rows x_stride floats apart
    size_t x_stride;
    const float *dt;                // [rows][heads], rows dt_stride floats apart; after bias and softplus
    size_t dt_stride;
    const float *a;                 // [heads][a_width], negative
    size_t a_width;                 // 1, or state_width where each n has its own (Mamba 1)
    const float *b, *c;             // [rows][state_width], rows b_stride and c_stride floats apart
    size_t b_stride, c_stride;
    const float *d;                 // NULL, or [heads]
    float *state;                   // [heads][head_width][state_width], before the task and then after it
    float *out;                     // [rows][heads][head_width], rows out_stride floats apart; may be `x`
    size_t out_stride;
} ck_scan;

/// Operations on rows of n floats, unless they say otherwise. `out` may be an input.
typedef struct {
    /// in / √(mean(in²) + epsilon) × weight. weight: NULL, or [n].
    void (*rms_norm)(size_t n, const float *in, const float *weight, float epsilon, float *out);
    /// (in - mean) / √(variance + epsilon) × weight + bias. weight, bias: NULL, or [n].
    void (*layer_norm)(size_t n, const float *in, const float *weight, const float *bias, float epsilon, float *out);
    /// Rotates `heads` heads of `head_width` floats, the first `rotated` of each, by cos/sin tables [rotated / 2].
    /// interleaved: pairs (2i, 2i+1); otherwise pairs (i, i + rotated / 2).
    void (*rope)(size_t heads, size_t head_width, size_t rotated, bool interleaved, const float *cosines,
                 const float *sines, const float *in, float *out);
    const ck_unary *activate;       // [CK_ACTIVATIONS]
    const ck_binary *gate;          // [CK_ACTIVATIONS]: activation(a) × b
    /// g × sigmoid(alpha × g) × (u + 1), where g = min(gate, limit) and u = up within ±limit.
    void (*clamped_swiglu)(size_t n, const float *gate, const float *up, float alpha, float limit, float *out);
    /// cap × tanh(in / cap)
    void (*softcap)(size_t n, const float *in, float cap, float *out);
    ck_binary add, multiply;
    void (*scale)(size_t n, const float *in, float factor, float *out);
    void (*clamp)(size_t n, const float *in, float low, float high, float *out);
    void (*convolve)(const ck_convolution *task);
    void (*scan)(const ck_scan *task);
    /// Reads every byte once, as fast as a plain loop can: what products that wait for memory are measured by.
    uint64_t (*sum_bytes)(size_t n, const uint8_t *bytes);
} ck_operations;

typedef struct {
    const char *name;               // "generic", "avx2", "avx_vnni", "avx512", "avx512_bf16", "neon", "dotprod", "i8mm"
    size_t format_count;
    const ck_format *formats;       // every supported type; a missing fast function falls back to generic
    const ck_cache *caches;         // every type of the KV cache; one without a name ends them
    const ck_operations *operations;
} ck_table;

/// The best table for this CPU.
const ck_table *ck_best_table(void);
/// The best for a CPU of this architecture with these features, see ck_cpu_features.h.
const ck_table *ck_best_table_with(uint32_t features);
/// The table of that name, or NULL where this CPU or build cannot run it.
const ck_table *ck_table_named(const char *name);
/// The names of this build's tables, the best first, "generic" last, then NULL. The CPU need not run them all.
const char *ck_table_name(size_t index);
/// What suits this CPU.
ck_tuning ck_best_tuning(void);
/// The table's row for a GGUF type, or NULL.
const ck_format *ck_find_format(const ck_table *table, uint32_t gguf_id);
/// The table's row for a type of the KV cache, or NULL.
const ck_cache *ck_find_cache(const ck_table *table, const char *name);

#endif

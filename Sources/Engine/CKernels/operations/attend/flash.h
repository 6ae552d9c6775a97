#ifndef CK_FLASH_H
#define CK_FLASH_H

// Attention in microtiles. Included after the vectors of an instruction set, which also says how many queries (CK_QUERIES)
// and vectors (CK_VECTORS) a microtile has: that many sums are registers.
//
// Keys and values of an attention tile are converted to floats once, for all rows of the task and the query heads that
// share them. A task with a few queries only, as in generation, converts them in registers instead.
// Rows are computed together, also those that see different parts of an attention tile. A value that a row must not see
// is left out of its sums: multiplied by zero, an infinity would be a NaN.

#include "../../caches/caches.h"
#include "../../vectors/tanh.h"
#include "attend.h"

/// Where keys and values come from: converted ones, or slices of a cache type.
enum {
    CK_FROM_FLOATS,
#define CK_SOURCE(type, unit, rotates) CK_FROM_##type,
    CK_CACHES(CK_SOURCE)
#undef CK_SOURCE
};

enum {
    CK_DIRECT_QUERIES = 4,                            // the most that are worth no conversion
    CK_SCORE_STRIDE = CK_TILE_TOKENS + CK_CACHE_TOKENS,  // from query to query
    CK_FACTORS = (CK_QUERIES + CK_LANES - 1) / CK_LANES * CK_LANES,
};

#if defined(__clang__)
#define CK_UNROLL _Pragma("unroll")
#else
#define CK_UNROLL _Pragma("GCC unroll 16")
#endif

CK_TARGET_BEGIN

/// The parts of the scratch memory.
typedef struct {
    size_t width;    // of a value, rounded up to vectors
    float *queries;  // of each group [key width][CK_QUERIES]
    float *keys;     // of each block of the tile [key width][CK_CACHE_TOKENS]
    float *values;   // of each block of the tile [CK_CACHE_TOKENS][width]
    float *scores;   // [CK_QUERIES][CK_SCORE_STRIDE]
    float *out;      // [query][width], relative to exp(largest)
    float *largest, *sums;  // of each query
} ck_flash_memory;

/// Queries that are computed together: `heads` heads of each of some rows.
typedef struct {
    size_t first_row, rows, first_head, heads;
    const float *queries;  // packed
} ck_query_group;

/// The groups of a task: whole rows as far as they fit, or else parts of a row's heads.
typedef struct {
    size_t rows, heads, row_steps, head_steps;
} ck_grouping;

CK_INLINE ck_grouping ck_groups_of(size_t rows, size_t heads) {
    size_t head_steps = (heads + CK_QUERIES - 1) / CK_QUERIES, step = (heads + head_steps - 1) / head_steps;
    size_t group_rows = head_steps == 1 ? CK_QUERIES / heads : 1;
    return (ck_grouping){group_rows, step, (rows + group_rows - 1) / group_rows, head_steps};
}

CK_INLINE size_t ck_padded(size_t width) { return (width + CK_LANES - 1) / CK_LANES * CK_LANES; }

CK_INLINE size_t ck_line(size_t floats) { return (floats + 15) / 16 * 16; }

/// Lays the parts out from `memory`, which may be NULL; returns how many floats they take.
CK_INLINE size_t ck_flash_layout(size_t rows, size_t heads, size_t key_width, size_t value_width, size_t block_tokens,
                                 float *memory, ck_flash_memory *parts) {
    size_t blocks = ck_tile_blocks(block_tokens), width = ck_padded(value_width);
    ck_grouping groups = ck_groups_of(rows, heads);
    size_t counts[7] = {
        groups.row_steps * groups.head_steps * key_width * CK_QUERIES,
        blocks * key_width * CK_CACHE_TOKENS,
        blocks * CK_CACHE_TOKENS * width,
        CK_QUERIES * CK_SCORE_STRIDE,
        rows * heads * width,
        rows * heads,
        rows * heads,
    };
    size_t total = 0, starts[7];
    for (size_t i = 0; i < 7; i++) {
        starts[i] = total;
        total += ck_line(counts[i]);
    }
    if (memory != NULL) {
        *parts = (ck_flash_memory){
            width, memory + starts[0], memory + starts[1], memory + starts[2], memory + starts[3], memory + starts[4],
            memory + starts[5], memory + starts[6]};
    }
    return total;
}

CK_INLINE ck_vector ck_key_vector(const int source, const void *slice, size_t width, size_t element, size_t token) {
    switch (source) {
#define CK_CASE(type, unit, rotates)                                                                                   \
    case CK_FROM_##type: return ck_##type##_keys(slice, width, element, token);
        CK_CACHES(CK_CASE)
#undef CK_CASE
    default: return ck_load((const float *)slice + element * CK_CACHE_TOKENS + token);
    }
}

CK_INLINE ck_vector ck_value_vector(const int source, const void *slice, size_t width, size_t token, size_t element) {
    switch (source) {
#define CK_CASE(type, unit, rotates)                                                                                   \
    case CK_FROM_##type: return ck_##type##_values(slice, width, token, element);
        CK_CACHES(CK_CASE)
#undef CK_CASE
    default: return ck_load((const float *)slice + token * ck_padded(width) + element);
    }
}

CK_INLINE float ck_value_element(const int source, const void *slice, size_t width, size_t token, size_t element) {
    switch (source) {
#define CK_CASE(type, unit, rotates)                                                                                   \
    case CK_FROM_##type: return ck_##type##_value(slice, width, token, element);
        CK_CACHES(CK_CASE)
#undef CK_CASE
    default: return 0;
    }
}

CK_INLINE size_t ck_slice_bytes(const int source, size_t width) {
    switch (source) {
#define CK_CASE(type, unit, rotates)                                                                                   \
    case CK_FROM_##type: return ck_##type##_slice_bytes(width);
        CK_CACHES(CK_CASE)
#undef CK_CASE
    default: return 0;
    }
}

/// The blocks of an attention tile, and those of the next one, which lie somewhere else in memory and are asked for in
/// time; NULL where there are none.
typedef struct {
    size_t count;
    const void *keys[CK_TILE_TOKENS], *values[CK_TILE_TOKENS];
    const char *next_keys[CK_TILE_TOKENS], *next_values[CK_TILE_TOKENS];
} ck_tile_source;

/// How scores of a query are adjusted beyond being scaled.
typedef struct {
    float softcap, slope;
    float distance;  // of the tile's first token to the query's own position
} ck_scoring;

/// What a group of queries computes of an attention tile.
typedef struct {
    const ck_attention *task;
    const ck_tile_source *tile;
    const float *queries;    // packed
    ck_tokens seen[CK_QUERIES];  // that each query sees
    ck_tokens any, all;          // from the first that some query sees to the last, and those that all do
    bool adjusts;
    ck_scoring scoring[CK_QUERIES];  // where `adjusts`
    float *scores;
    size_t key_bytes, value_bytes;   // of a block in the cache
} ck_tile_task;

/// scores[q][t] = queries × keys for the tokens that any query sees, and some more beyond. `source` and `count` are
/// constants.
CK_INLINE void ck_score(const int source, const int count, const ck_tile_task *part) {
    size_t width = part->task->key_width, block_tokens = part->task->block_tokens;
    size_t step = part->key_bytes / width;
    for (size_t b = part->any.first / block_tokens; b * block_tokens < part->any.end; b++) {
        const void *keys = part->tile->keys[b];
        const char *next = part->tile->next_keys[b];
        size_t rest = part->any.end - b * block_tokens, tokens = rest < block_tokens ? rest : block_tokens;
        for (size_t t = 0; t < tokens; t += CK_VECTORS * CK_LANES) {
            ck_vector sums[CK_QUERIES][CK_VECTORS];
            CK_UNROLL
            for (int q = 0; q < count; q++) {
                CK_UNROLL
                for (int v = 0; v < CK_VECTORS; v++) sums[q][v] = ck_vector_of(0);
            }
            for (size_t i = 0; i < width; i++) {
                const float *query = part->queries + i * CK_QUERIES;
                ck_vector vectors[CK_VECTORS];
                CK_UNROLL
                for (int v = 0; v < CK_VECTORS; v++) {
                    vectors[v] = ck_key_vector(source, keys, width, i, t + (size_t)v * CK_LANES);
                }
                if (source != CK_FROM_FLOATS && t == 0) __builtin_prefetch(next + i * step, 0, 2);
                CK_UNROLL
                for (int q = 0; q < count; q++) {
                    ck_vector factor = ck_vector_of(query[q]);
                    CK_UNROLL
                    for (int v = 0; v < CK_VECTORS; v++) sums[q][v] = ck_fused(factor, vectors[v], sums[q][v]);
                }
            }
            float *scores = part->scores + b * block_tokens + t;
            CK_UNROLL
            for (int q = 0; q < count; q++) {
                CK_UNROLL
                for (int v = 0; v < CK_VECTORS; v++) ck_store(scores + q * CK_SCORE_STRIDE + v * CK_LANES, sums[q][v]);
            }
        }
    }
}

/// Scales and adjusts scores of the tokens from the vector of `seen.first` to that of the last.
static __attribute__((noinline)) void ck_adjust(float *scores, ck_tokens seen, float scale, ck_scoring scoring) {
    float cap = scoring.softcap != 0 ? scoring.softcap : 1, places[CK_LANES];
    for (int i = 0; i < CK_LANES; i++) places[i] = (float)i;
    for (size_t t = seen.first / CK_LANES * CK_LANES; t < seen.end; t += CK_LANES) {
        ck_vector score = ck_multiply(ck_load(scores + t), ck_vector_of(scale));
        if (scoring.softcap != 0) {
            score = ck_multiply(ck_vector_of(cap), ck_tanh(ck_multiply(score, ck_vector_of(1 / cap))));
        }
        ck_vector distances = ck_add(ck_load(places), ck_vector_of(scoring.distance + (float)t));
        ck_store(scores + t, ck_fused(ck_vector_of(scoring.slope), distances, score));
    }
}

/// Turns scores of the tokens that are seen into weights relative to exp(largest), scores around them into zeros.
static __attribute__((noinline)) void ck_soften(float *scores, ck_tokens seen, float scale, float *largest,
                                                float *sum) {
    size_t from = seen.first / CK_LANES * CK_LANES, to = ck_padded(seen.end);
    for (size_t t = from; t < seen.first; t++) scores[t] = -INFINITY;
    for (size_t t = seen.end; t < to; t++) scores[t] = -INFINITY;
    ck_vector factor = ck_vector_of(scale), highest = ck_vector_of(-INFINITY), sums = ck_vector_of(0);
    for (size_t t = from; t < to; t += CK_LANES) {
        ck_vector scaled = ck_multiply(ck_load(scores + t), factor);
        ck_store(scores + t, scaled);
        highest = ck_larger(scaled, highest);
    }
    *largest = ck_largest(highest);
    for (size_t t = from; t < to; t += CK_LANES) {
        ck_vector weights = ck_exp(ck_subtract(ck_load(scores + t), ck_vector_of(*largest)));
        ck_store(scores + t, weights);
        sums = ck_add(sums, weights);
    }
    *sum = ck_sum(sums);
}

/// For each query the factors of what was summed before, and of a tile.
typedef struct {
    float before[CK_FACTORS], tile[CK_FACTORS];
} ck_factors;

/// Adds the sums of weights that `count` queries have of a tile to those of the tiles before.
static __attribute__((noinline)) void ck_merge_weights(int count, float *largest, float *sums,
                                                       const float *tile_largest, const float *tile_sums,
                                                       ck_factors *factors) {
    memset(factors, 0, sizeof *factors);
    for (int q = 0; q < count; q++) {
        float both = tile_largest[q] > largest[q] ? tile_largest[q] : largest[q];
        factors->before[q] = largest[q] - both;
        factors->tile[q] = tile_largest[q] - both;
        largest[q] = both;
    }
    for (int q = 0; q < count; q += CK_LANES) {
        ck_store(&factors->before[q], ck_exp(ck_load(&factors->before[q])));
        ck_store(&factors->tile[q], ck_exp(ck_load(&factors->tile[q])));
    }
    for (int q = 0; q < count; q++) {
        sums[q] = __builtin_fmaf(tile_sums[q], factors->tile[q], sums[q] * factors->before[q]);
    }
}

CK_INLINE ck_vector ck_merged(ck_vector before, ck_vector tile, const ck_factors *factors, int query) {
    return ck_fused(tile, ck_vector_of(factors->tile[query]),
                    ck_multiply(before, ck_vector_of(factors->before[query])));
}

/// Where the result of a group's tile goes.
typedef struct {
    bool is_record;
    size_t width, out_stride;   // floats from query to query
    float *out;                 // of the first query
    float *largest, *sums;      // of the first query, where it is no record
} ck_tile_result;

/// Adds weights × values of some tokens to `sums`, of those queries that see them, or of all where `all` says that they
/// do. The first four parameters are constants.
CK_INLINE void ck_weigh_tokens(const int source, const int count, const int vectors, const bool all,
                               const ck_tile_task *part, size_t element, ck_tokens tokens,
                               ck_vector (*sums)[CK_VECTORS]) {
    size_t width = part->task->value_width, block_tokens = part->task->block_tokens;
    size_t step = part->value_bytes / CK_CACHE_TOKENS;
    for (size_t b = tokens.first / block_tokens; b * block_tokens < tokens.end; b++) {
        size_t start = b * block_tokens, stop = start + block_tokens < tokens.end ? start + block_tokens : tokens.end;
        const void *slice = part->tile->values[b];
        const char *next = part->tile->next_values[b] + element * step / width;
        for (size_t t = start > tokens.first ? start : tokens.first; t < stop; t++) {
            ck_vector values[CK_VECTORS];
            CK_UNROLL
            for (int v = 0; v < vectors; v++) {
                values[v] = ck_value_vector(source, slice, width, t - start, element + (size_t)v * CK_LANES);
            }
            if (source != CK_FROM_FLOATS) __builtin_prefetch(next + (t - start) * step, 0, 2);
            CK_UNROLL
            for (int q = 0; q < count; q++) {
                if (!all && (t < part->seen[q].first || t >= part->seen[q].end)) continue;
                ck_vector weight = ck_vector_of(part->scores[q * CK_SCORE_STRIDE + t]);
                CK_UNROLL
                for (int v = 0; v < vectors; v++) sums[q][v] = ck_fused(weight, values[v], sums[q][v]);
            }
        }
    }
}

/// out = weights × values for `vectors` vectors from `element`. The first three parameters are constants.
CK_INLINE void ck_weigh(const int source, const int count, const int vectors, const ck_tile_task *part, size_t element,
                        const ck_factors *factors, const ck_tile_result *to) {
    ck_vector sums[CK_QUERIES][CK_VECTORS];
    CK_UNROLL
    for (int q = 0; q < count; q++) {
        CK_UNROLL
        for (int v = 0; v < vectors; v++) sums[q][v] = ck_vector_of(0);
    }
    const ck_tokens parts[3] = {
        {part->any.first, part->all.first}, part->all, {part->all.end, part->any.end}};
    for (int i = 0; i < 3; i++) {
        if (i == 1) {
            ck_weigh_tokens(source, count, vectors, true, part, element, parts[i], sums);
        } else if (parts[i].first < parts[i].end) {
            ck_weigh_tokens(source, count, vectors, false, part, element, parts[i], sums);
        }
    }
    CK_UNROLL
    for (int q = 0; q < count; q++) {
        CK_UNROLL
        for (int v = 0; v < vectors; v++) {
            float *out = to->out + (size_t)q * to->out_stride + element + (size_t)v * CK_LANES;
            ck_store(out, to->is_record ? sums[q][v] : ck_merged(ck_load(out), sums[q][v], factors, q));
        }
    }
}

/// Attention of `count` queries to a tile, or a part of it. `source` and `count` are constants.
CK_INLINE void ck_attend_part(const int source, const int count, const ck_tile_task *part, const ck_tile_result *to) {
    ck_factors factors;
    float largest[CK_QUERIES], sums[CK_QUERIES];
    ck_score(source, count, part);
    for (int q = 0; q < count; q++) {
        float *scores = part->scores + q * CK_SCORE_STRIDE, scale = part->task->scale;
        if (part->adjusts) {
            ck_adjust(scores, part->seen[q], scale, part->scoring[q]);
            scale = 1;
        }
        ck_soften(scores, part->seen[q], scale, &largest[q], &sums[q]);
        if (to->is_record) {
            float *head = to->out + (size_t)q * to->out_stride - CK_RECORD_HEAD;
            head[0] = largest[q];
            head[1] = sums[q];
        }
    }
    if (!to->is_record) ck_merge_weights(count, to->largest, to->sums, largest, sums, &factors);
    size_t i = 0;
    for (; i + CK_VECTORS * CK_LANES <= to->width; i += CK_VECTORS * CK_LANES) {
        ck_weigh(source, count, CK_VECTORS, part, i, &factors, to);
    }
    for (; i < to->width; i += CK_LANES) ck_weigh(source, count, 1, part, i, &factors, to);
}

CK_TARGET_END

#endif

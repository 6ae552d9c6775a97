#if defined(__x86_64__)

#include "../exp_avx2.h"
#include "attend.h"

#include <math.h>

// Blocks of keys and values are converted to floats once, the keys transposed, and all queries of the task pass over
// them, six at a time: scores (one lane a token), softmax, then weighted values (one lane an element).

enum { QUERIES = 6 };

CK_AVX2_BEGIN

static size_t padded(size_t block_tokens) { return (block_tokens + 7) / 8 * 8; }

size_t ck_attend_scratch_avx2(size_t rows, size_t heads, size_t head_width, size_t block_tokens) {
    size_t tokens = padded(block_tokens);
    return 2 * head_width * tokens + QUERIES * tokens + 2 * rows * heads;
}

/// The parts of the scratch memory.
typedef struct {
    float *keys;      // [head_width][padded tokens]
    float *values;    // [padded tokens][head_width]
    float *scores;    // [QUERIES][padded tokens]
    float *largest;   // of each query so far
    float *weights;   // of each query: the sum of exp(score - largest) so far
} memory;

CK_INLINE memory parts_of_scratch(const ck_attention *task) {
    size_t tokens = padded(task->block_tokens), width = task->head_width;
    float *values = task->scratch + width * tokens, *scores = values + width * tokens;
    float *largest = scores + QUERIES * tokens;
    return (memory){task->scratch, values, scores, largest, largest + task->rows * task->heads};
}

CK_INLINE __m256 load_half8(const uint16_t *in) { return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)in)); }

/// Eight tokens' eight elements, transposed.
CK_INLINE void transpose_keys8(const uint16_t *in, size_t width, size_t stride, size_t tokens, float *out) {
    __m256 rows[8];
    for (size_t t = 0; t < 8; t++) rows[t] = t < tokens ? load_half8(in + t * width) : _mm256_setzero_ps();
    ck_transpose8_avx2(rows);
    for (size_t i = 0; i < 8; i++) _mm256_storeu_ps(out + i * stride, rows[i]);
}

/// The first `tokens` tokens of a block; zeros follow up to a multiple of eight. Asks for the block of `next`, which
/// lies somewhere else in memory, in time.
static void convert_block(const ck_attention *task, size_t block, size_t next, size_t tokens, const memory *to) {
    size_t width = task->head_width, stride = padded(task->block_tokens);
    const uint16_t *keys = task->keys[block], *values = task->values[block];
    for (size_t i = 0; i < task->block_tokens * width; i += 64 / sizeof(uint16_t)) {
        _mm_prefetch((const char *)(task->keys[next] + i), _MM_HINT_T0);
        _mm_prefetch((const char *)(task->values[next] + i), _MM_HINT_T0);
    }
    for (size_t t = 0; t < tokens; t += 8) {
        size_t count = tokens - t < 8 ? tokens - t : 8;
        for (size_t i = 0; i < width; i += 8) {
            transpose_keys8(keys + t * width + i, width, stride, count, to->keys + i * stride + t);
        }
    }
    for (size_t i = 0; i < tokens * width; i += 8) _mm256_storeu_ps(to->values + i, load_half8(values + i));
}

/// Six or fewer adjacent queries of the task (each row's heads in turn), with the positions that any of them sees.
typedef struct {
    size_t count;
    const float *query[QUERIES];
    float *out[QUERIES];
    ck_visible visible[QUERIES];
} group;

CK_INLINE group group_from(const ck_attention *task, size_t first) {
    size_t rest = task->rows * task->heads - first;
    group group = {.count = rest < QUERIES ? rest : QUERIES};
    for (size_t q = 0; q < QUERIES; q++) {
        size_t index = first + (q < group.count ? q : group.count - 1);
        size_t row = index / task->heads, offset = index % task->heads * task->head_width;
        group.query[q] = task->query + row * task->query_stride + offset;
        group.out[q] = task->out + row * task->out_stride + offset;
        group.visible[q] = ck_visible_positions(task, row);
    }
    return group;
}

/// out[q][0 ..< 8 × vectors] = out × factors[q] + sum over k of left[q][k] × right[k][...], for `count` values of q.
/// `vectors` and `count` are constants.
CK_INLINE void multiply_tile(const float *const *left, const float *right, size_t stride, size_t length,
                             const float *factors, float *const *out, size_t offset, const int vectors,
                             const int count) {
    __m256 sums[QUERIES][2];
    for (int q = 0; q < count; q++) {
        for (int v = 0; v < vectors; v++) {
            __m256 before = _mm256_loadu_ps(out[q] + offset + 8 * v);
            sums[q][v] = factors ? _mm256_mul_ps(before, _mm256_set1_ps(factors[q])) : _mm256_setzero_ps();
        }
    }
    for (size_t k = 0; k < length; k++) {
        const float *row = right + k * stride + offset;
        __m256 vector[2];
        for (int v = 0; v < vectors; v++) vector[v] = _mm256_loadu_ps(row + 8 * v);
        for (int q = 0; q < count; q++) {
            __m256 factor = _mm256_broadcast_ss(left[q] + k);
            for (int v = 0; v < vectors; v++) sums[q][v] = _mm256_fmadd_ps(factor, vector[v], sums[q][v]);
        }
    }
    for (int q = 0; q < count; q++) {
        for (int v = 0; v < vectors; v++) _mm256_storeu_ps(out[q] + offset + 8 * v, sums[q][v]);
    }
}

/// The tile over the whole width, a multiple of eight.
CK_INLINE void multiply_tiles(const float *const *left, const float *right, size_t stride, size_t length,
                              const float *factors, float *const *out, size_t width, const int count) {
    size_t offset = 0;
    for (; offset + 16 <= width; offset += 16) {
        multiply_tile(left, right, stride, length, factors, out, offset, 2, count);
    }
    if (offset < width) multiply_tile(left, right, stride, length, factors, out, offset, 1, count);
}

static void multiply(size_t count, const float *const *left, const float *right, size_t stride, size_t length,
                     const float *factors, float *const *out, size_t width) {
    switch (count) {
    case 1: multiply_tiles(left, right, stride, length, factors, out, width, 1); break;
    case 2: multiply_tiles(left, right, stride, length, factors, out, width, 2); break;
    case 3: multiply_tiles(left, right, stride, length, factors, out, width, 3); break;
    case 4: multiply_tiles(left, right, stride, length, factors, out, width, 4); break;
    case 5: multiply_tiles(left, right, stride, length, factors, out, width, 5); break;
    default: multiply_tiles(left, right, stride, length, factors, out, width, 6); break;
    }
}

/// Turns scores of tokens first ..< end (of `padded_tokens`) into weights relative to exp(largest), the others into
/// zeros. Returns the factor for what was summed before.
static float soften(float *scores, size_t padded_tokens, size_t first, size_t end, float scale, float *largest,
                    float *sum) {
    for (size_t t = 0; t < first; t++) scores[t] = -INFINITY;
    for (size_t t = end; t < padded_tokens; t++) scores[t] = -INFINITY;
    __m256 highest = _mm256_set1_ps(-INFINITY);
    for (size_t t = 0; t < padded_tokens; t += 8) {
        __m256 scaled = _mm256_mul_ps(_mm256_loadu_ps(scores + t), _mm256_set1_ps(scale));
        _mm256_storeu_ps(scores + t, scaled);
        highest = _mm256_max_ps(scaled, highest);
    }
    __m128 four = _mm_max_ps(_mm256_castps256_ps128(highest), _mm256_extractf128_ps(highest, 1));
    __m128 two = _mm_max_ps(four, _mm_movehl_ps(four, four));
    float block_largest = _mm_cvtss_f32(_mm_max_ss(two, _mm_movehdup_ps(two)));
    float new_largest = *largest, factor = 1;
    if (block_largest > *largest) {
        new_largest = block_largest;
        factor = _mm256_cvtss_f32(ck_exp8(_mm256_set1_ps(*largest - new_largest)));
    }
    __m256 sums = _mm256_setzero_ps();
    for (size_t t = 0; t < padded_tokens; t += 8) {
        __m256 weights = ck_exp8(_mm256_sub_ps(_mm256_loadu_ps(scores + t), _mm256_set1_ps(new_largest)));
        _mm256_storeu_ps(scores + t, weights);
        sums = _mm256_add_ps(sums, weights);
    }
    *sum = *sum * factor + ck_sum8(sums);
    *largest = new_largest;
    return factor;
}

/// One block's part of the attention of a group of queries.
static void attend_group(const ck_attention *task, const group *group, size_t first_query, size_t start, size_t tokens,
                         const memory *memory) {
    size_t stride = padded(task->block_tokens), padded_tokens = padded(tokens);
    float *scores[QUERIES], factors[QUERIES];
    for (size_t q = 0; q < QUERIES; q++) scores[q] = memory->scores + q * stride;
    multiply(group->count, group->query, memory->keys, stride, task->head_width, NULL, scores, padded_tokens);
    for (size_t q = 0; q < group->count; q++) {
        ck_visible visible = group->visible[q];
        size_t first = visible.first > start ? visible.first - start : 0;
        size_t end = visible.end < start + tokens ? visible.end : start + tokens;
        if (first >= tokens || end <= start) {
            memset(scores[q], 0, padded_tokens * sizeof(float));
            factors[q] = 1;
        } else {
            factors[q] = soften(scores[q], padded_tokens, first, end - start, task->scale,
                                memory->largest + first_query + q, memory->weights + first_query + q);
        }
    }
    multiply(group->count, (const float *const *)scores, memory->values, task->head_width, tokens, factors, group->out,
             task->head_width);
}

static void divide_by_weights(const ck_attention *task, const memory *memory) {
    for (size_t q = 0; q < task->rows * task->heads; q++) {
        float *out = task->out + q / task->heads * task->out_stride + q % task->heads * task->head_width;
        __m256 factor = _mm256_set1_ps(1 / memory->weights[q]);
        for (size_t i = 0; i < task->head_width; i += 8) {
            _mm256_storeu_ps(out + i, _mm256_mul_ps(_mm256_loadu_ps(out + i), factor));
        }
    }
}

void ck_attend_avx2(const ck_attention *task) {
    if (task->head_width % 8 != 0) {
        ck_attend_generic(task);
        return;
    }
    memory memory = parts_of_scratch(task);
    size_t queries = task->rows * task->heads;
    for (size_t q = 0; q < queries; q++) {
        memory.largest[q] = -INFINITY;
        memory.weights[q] = 0;
        memset(task->out + q / task->heads * task->out_stride + q % task->heads * task->head_width, 0,
               task->head_width * sizeof(float));
    }
    size_t end = task->first_position + task->rows;
    size_t first_block = ck_visible_positions(task, 0).first / task->block_tokens;
    for (size_t start = first_block * task->block_tokens; start < end; start += task->block_tokens) {
        size_t tokens = end - start < task->block_tokens ? end - start : task->block_tokens;
        size_t block = start / task->block_tokens, next = start + tokens < end ? block + 1 : block;
        convert_block(task, block, next, tokens, &memory);
        for (size_t q = 0; q < queries; q += QUERIES) {
            group group = group_from(task, q);
            bool seen = group.visible[QUERIES - 1].end > start && group.visible[0].first < start + tokens;
            if (seen) attend_group(task, &group, q, start, tokens, &memory);
        }
    }
    divide_by_weights(task, &memory);
}

CK_TARGET_END

#endif

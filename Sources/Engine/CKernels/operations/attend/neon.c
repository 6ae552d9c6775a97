#if defined(__aarch64__)

#include "../exp_neon.h"
#include "attend.h"

#include <math.h>

// Blocks of keys and values are converted to floats once; then each query of the task passes over them.

CK_TARGET_BEGIN

size_t ck_attend_scratch_neon(size_t rows, size_t heads, size_t head_width, size_t block_tokens) {
    return (2 * head_width + 1) * block_tokens + 2 * rows * heads;
}

/// The parts of the scratch memory.
typedef struct {
    float *keys, *values;  // [block_tokens][head_width]
    float *scores;         // of one query
    float *largest;        // of each query so far
    float *weights;        // of each query: the sum of exp(score - largest) so far
} memory;

static void convert(size_t n, const uint16_t *in, float *out) {
    for (size_t i = 0; i < n; i += 4) vst1q_f32(out + i, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(in + i))));
}

static float dot(size_t n, const float *a, const float *b) {
    float32x4_t sums[2] = {vdupq_n_f32(0), vdupq_n_f32(0)};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        sums[0] = vfmaq_f32(sums[0], vld1q_f32(a + i), vld1q_f32(b + i));
        sums[1] = vfmaq_f32(sums[1], vld1q_f32(a + i + 4), vld1q_f32(b + i + 4));
    }
    if (i < n) sums[0] = vfmaq_f32(sums[0], vld1q_f32(a + i), vld1q_f32(b + i));
    return vaddvq_f32(vaddq_f32(sums[0], sums[1]));
}

/// Turns scores into weights relative to exp(largest). Returns the factor for what was summed before.
static float soften(size_t count, float *scores, float *largest, float *sum) {
    float new_largest = *largest;
    for (size_t t = 0; t < count; t++) new_largest = scores[t] > new_largest ? scores[t] : new_largest;
    float factor = expf(*largest - new_largest);
    float32x4_t sums = vdupq_n_f32(0);
    size_t t = 0;
    for (; t + 4 <= count; t += 4) {
        float32x4_t weights = ck_exp4(vsubq_f32(vld1q_f32(scores + t), vdupq_n_f32(new_largest)));
        vst1q_f32(scores + t, weights);
        sums = vaddq_f32(sums, weights);
    }
    float total = vaddvq_f32(sums);
    for (; t < count; t++) total += scores[t] = expf(scores[t] - new_largest);
    *sum = *sum * factor + total;
    *largest = new_largest;
    return factor;
}

/// out = out × factor + sum over the tokens of weight × value.
static void add_values(size_t width, size_t count, const float *weights, const float *values, float factor,
                       float *out) {
    for (size_t i = 0; i < width; i += 4) {
        float32x4_t sum = vmulq_n_f32(vld1q_f32(out + i), factor);
        for (size_t t = 0; t < count; t++) sum = vfmaq_n_f32(sum, vld1q_f32(values + t * width + i), weights[t]);
        vst1q_f32(out + i, sum);
    }
}

/// One block's part of the attention of query number `q`.
static void attend_query(const ck_attention *task, size_t q, size_t start, size_t tokens, const memory *memory) {
    size_t row = q / task->heads, width = task->head_width, offset = q % task->heads * width;
    ck_visible visible = ck_visible_positions(task, row);
    size_t first = visible.first > start ? visible.first - start : 0;
    size_t end = visible.end < start + tokens ? visible.end : start + tokens;
    if (first >= tokens || end <= start) return;
    size_t count = end - start - first;
    const float *query = task->query + row * task->query_stride + offset;
    for (size_t t = 0; t < count; t++) {
        memory->scores[t] = task->scale * dot(width, query, memory->keys + (first + t) * width);
    }
    float factor = soften(count, memory->scores, memory->largest + q, memory->weights + q);
    add_values(width, count, memory->scores, memory->values + first * width, factor,
               task->out + row * task->out_stride + offset);
}

void ck_attend_neon(const ck_attention *task) {
    size_t width = task->head_width, queries = task->rows * task->heads;
    if (width % 4 != 0) {
        ck_attend_generic(task);
        return;
    }
    memory memory = {.keys = task->scratch};
    memory.values = memory.keys + task->block_tokens * width;
    memory.scores = memory.values + task->block_tokens * width;
    memory.largest = memory.scores + task->block_tokens;
    memory.weights = memory.largest + queries;
    for (size_t q = 0; q < queries; q++) {
        memory.largest[q] = -INFINITY;
        memory.weights[q] = 0;
        memset(task->out + q / task->heads * task->out_stride + q % task->heads * width, 0, width * sizeof(float));
    }
    size_t end = task->first_position + task->rows;
    size_t first_block = ck_visible_positions(task, 0).first / task->block_tokens;
    for (size_t start = first_block * task->block_tokens; start < end; start += task->block_tokens) {
        size_t block = start / task->block_tokens;
        size_t tokens = end - start < task->block_tokens ? end - start : task->block_tokens;
        convert(tokens * width, task->keys[block], memory.keys);
        convert(tokens * width, task->values[block], memory.values);
        for (size_t q = 0; q < queries; q++) attend_query(task, q, start, tokens, &memory);
    }
    for (size_t q = 0; q < queries; q++) {
        float *out = task->out + q / task->heads * task->out_stride + q % task->heads * width;
        float factor = 1 / memory.weights[q];
        for (size_t i = 0; i < width; i += 4) vst1q_f32(out + i, vmulq_n_f32(vld1q_f32(out + i), factor));
    }
}

CK_TARGET_END

#endif

#include "../../half.h"
#include "attend.h"

#include <math.h>
#include <string.h>

size_t ck_attend_scratch_generic(size_t rows, size_t heads, size_t head_width, size_t block_tokens) {
    (void)rows, (void)heads, (void)head_width, (void)block_tokens;
    return 0;
}

/// Softmax over a stream: `sum` and `out` are relative to exp(largest), and rescaled whenever a larger score comes.
static void attend_row(const ck_attention *task, ck_visible visible, const float *query, float *out) {
    size_t width = task->head_width;
    float largest = -INFINITY, sum = 0;
    memset(out, 0, width * sizeof(float));
    for (size_t position = visible.first; position < visible.end; position++) {
        size_t block = position / task->block_tokens, offset = position % task->block_tokens * width;
        const uint16_t *key = task->keys[block] + offset, *value = task->values[block] + offset;
        float score = 0;
        for (size_t i = 0; i < width; i++) score += query[i] * ck_float_of_half(key[i]);
        score *= task->scale;
        if (score > largest) {
            float factor = expf(largest - score);
            for (size_t i = 0; i < width; i++) out[i] *= factor;
            sum *= factor;
            largest = score;
        }
        float weight = expf(score - largest);
        for (size_t i = 0; i < width; i++) out[i] += weight * ck_float_of_half(value[i]);
        sum += weight;
    }
    for (size_t i = 0; i < width; i++) out[i] /= sum;
}

void ck_attend_generic(const ck_attention *task) {
    for (size_t row = 0; row < task->rows; row++) {
        for (size_t head = 0; head < task->heads; head++) {
            attend_row(task, ck_visible_positions(task, row),
                       task->query + row * task->query_stride + head * task->head_width,
                       task->out + row * task->out_stride + head * task->head_width);
        }
    }
}

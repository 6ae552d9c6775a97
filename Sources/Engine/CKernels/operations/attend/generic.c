#include "../../vectors/plain.h"

#include "../../caches/caches.h"
#include "attend.h"

typedef float read_element(const void *slice, size_t width, size_t a, size_t b);

/// How a type's keys (element, token) and values (token, element) are read.
typedef struct {
    read_element *key, *value;
    bool rotates;
} cache_type;

/// What is known of a row's attention after some positions: the largest score, and sums relative to exp(largest).
typedef struct {
    float *largest, *sum, *out;
} record;

static record record_at(float *memory) { return (record){memory, memory + 1, memory + CK_RECORD_HEAD}; }

size_t ck_attend_record_generic(size_t value_width) { return CK_RECORD_HEAD + value_width; }

size_t ck_attend_scratch_generic(size_t rows, size_t heads, size_t key_width, size_t value_width, size_t block_tokens) {
    (void)rows, (void)heads, (void)key_width, (void)block_tokens;
    return 2 * ck_attend_record_generic(value_width);
}

/// A query head of a row.
typedef struct {
    size_t row, head;
    const float *elements;
} query_head;

static float score(const ck_attention *task, cache_type type, query_head query, size_t position) {
    const void *keys = task->keys[position / task->block_tokens];
    float score = 0;
    for (size_t i = 0; i < task->key_width; i++) {
        score += query.elements[i] * type.key(keys, task->key_width, i, position % task->block_tokens);
    }
    score *= task->scale;
    if (task->softcap != 0) score = task->softcap * tanhf(score / task->softcap);
    if (task->slopes == NULL) return score;
    return score + task->slopes[query.head] * ((float)position - (float)(task->first_position + query.row));
}

/// The attention to positions first ..< end, at most a tile of them.
static void attend_tile(const ck_attention *task, cache_type type, query_head query, size_t first, size_t end,
                        record to) {
    float scores[CK_TILE_TOKENS];
    *to.largest = -INFINITY;
    for (size_t p = first; p < end; p++) {
        scores[p - first] = score(task, type, query, p);
        if (scores[p - first] > *to.largest) *to.largest = scores[p - first];
    }
    *to.sum = 0;
    memset(to.out, 0, task->value_width * sizeof(float));
    for (size_t p = first; p < end; p++) {
        const void *values = task->values[p / task->block_tokens];
        float weight = expf(scores[p - first] - *to.largest);
        *to.sum += weight;
        for (size_t i = 0; i < task->value_width; i++) {
            to.out[i] += weight * type.value(values, task->value_width, p % task->block_tokens, i);
        }
    }
}

static void merge(size_t width, record from, record to) {
    float largest = *from.largest > *to.largest ? *from.largest : *to.largest;
    float factor = expf(*to.largest - largest), from_factor = expf(*from.largest - largest);
    *to.largest = largest;
    *to.sum = *to.sum * factor + *from.sum * from_factor;
    for (size_t i = 0; i < width; i++) to.out[i] = to.out[i] * factor + from.out[i] * from_factor;
}

static void clear(size_t width, record to) {
    *to.largest = -INFINITY;
    *to.sum = 0;
    memset(to.out, 0, width * sizeof(float));
}

static float *record_of(const ck_attention *task, size_t row, size_t head, size_t tile) {
    size_t index = (row * task->heads + head) * task->record_tiles + tile;
    return task->records + index * ck_attend_record_generic(task->value_width);
}

static void finish(const ck_attention *task, bool rotates, size_t row, size_t head, record total) {
    float *out = task->out + row * task->out_stride + head * task->value_width, factor = 1;
    if (task->sinks != NULL) {
        float sink = task->sinks[head], largest = sink > *total.largest ? sink : *total.largest;
        factor = expf(*total.largest - largest);
        *total.sum = *total.sum * factor + expf(sink - largest);
    }
    for (size_t i = 0; i < task->value_width; i++) out[i] = total.out[i] * factor / *total.sum;
    if (rotates) ck_rotate_head(task->value_width, out);
}

static void attend_head(const ck_attention *task, cache_type type, size_t row, size_t head) {
    float rotated[CK_ROTATED_WIDTH];
    const float *query = task->query + row * task->query_stride + head * task->key_width;
    query = ck_rotated(type.rotates, task->key_width, query, rotated);
    size_t tile_tokens = ck_tile_blocks(task->block_tokens) * task->block_tokens;
    ck_tiles tiles = ck_tiles_of_task(task, task->seen[row]);
    record total = record_at(task->scratch);
    clear(task->value_width, total);
    for (size_t tile = tiles.first; tile < tiles.end; tile++) {
        size_t start = tile * tile_tokens;
        ck_tokens tokens = ck_tokens_of_tile(task->seen[row], start, tile_tokens);
        bool keeps = task->records != NULL;
        record part = record_at(keeps ? record_of(task, row, head, tile)
                                      : task->scratch + ck_attend_record_generic(task->value_width));
        attend_tile(task, type, (query_head){row, head, query}, start + tokens.first, start + tokens.end, part);
        if (!keeps) merge(task->value_width, part, total);
    }
    if (task->records == NULL) finish(task, type.rotates, row, head, total);
}

static void attend(const ck_attention *task, cache_type type) {
    for (size_t row = 0; row < task->rows; row++) {
        for (size_t head = 0; head < task->heads; head++) attend_head(task, type, row, head);
    }
}

static void merge_records(const ck_attention *task, bool rotates) {
    for (size_t row = 0; row < task->rows; row++) {
        ck_tiles tiles = ck_tiles_of_positions(task, task->seen[row]);
        for (size_t head = 0; head < task->heads; head++) {
            record total = record_at(task->scratch);
            clear(task->value_width, total);
            for (size_t tile = tiles.first; tile < tiles.end; tile++) {
                merge(task->value_width, record_at(record_of(task, row, head, tile)), total);
            }
            finish(task, rotates, row, head, total);
        }
    }
}

#define ATTEND(type, unit, rotates)                                                                                    \
    void ck_##type##_attend_generic(const ck_attention *task) {                                                        \
        attend(task, (cache_type){ck_##type##_key, ck_##type##_value, rotates});                                       \
    }                                                                                                                  \
    void ck_##type##_merge_generic(const ck_attention *task) { merge_records(task, rotates); }
CK_CACHES(ATTEND)

size_t ck_attend_tile_tokens(size_t block_tokens) { return ck_tile_blocks(block_tokens) * block_tokens; }

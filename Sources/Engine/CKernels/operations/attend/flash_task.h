#ifndef CK_FLASH_TASK_H
#define CK_FLASH_TASK_H

// A whole task of attention from the parts of flash.h, and the functions of a table.

#include "flash.h"

CK_TARGET_BEGIN

CK_INLINE size_t ck_record_floats(size_t value_width) { return CK_RECORD_HEAD + ck_line(value_width); }

CK_INLINE float *ck_record(const ck_attention *task, size_t query, size_t tile) {
    return task->records + (query * task->record_tiles + tile) * ck_record_floats(task->value_width) + CK_RECORD_HEAD;
}

CK_INLINE ck_query_group ck_group_at(const ck_attention *task, const ck_flash_memory *memory, ck_grouping groups,
                                     size_t index) {
    size_t row = index / groups.head_steps * groups.rows, head = index % groups.head_steps * groups.heads;
    size_t rows = task->rows - row, heads = task->heads - head;
    return (ck_query_group){
        row, rows < groups.rows ? rows : groups.rows, head, heads < groups.heads ? heads : groups.heads,
        memory->queries + index * task->key_width * CK_QUERIES};
}

/// Queries side by side, so that one address reaches the same element of all.
static void ck_pack_queries(const ck_attention *task, bool rotates, const ck_flash_memory *memory, ck_grouping groups) {
    float rotated[CK_ROTATED_WIDTH];
    for (size_t g = 0; g < groups.row_steps * groups.head_steps; g++) {
        ck_query_group group = ck_group_at(task, memory, groups, g);
        float *out = memory->queries + g * task->key_width * CK_QUERIES;
        for (size_t q = 0; q < group.rows * group.heads; q++) {
            const float *query = task->query + (group.first_row + q / group.heads) * task->query_stride +
                                 (group.first_head + q % group.heads) * task->key_width;
            query = ck_rotated(rotates, task->key_width, query, rotated);
            for (size_t i = 0; i < task->key_width; i++) out[i * CK_QUERIES + q] = query[i];
        }
    }
}

/// The blocks of a tile up to `last`, and as many of the one that follows.
CK_INLINE void ck_find_tile(const ck_attention *task, size_t first_block, size_t blocks, size_t last,
                            ck_tile_source *out) {
    size_t count = last + 1 - first_block;
    out->count = count < blocks ? count : blocks;
    for (size_t b = 0; b < out->count; b++) {
        size_t block = first_block + b, next = block + blocks <= last ? block + blocks : block;
        out->keys[b] = task->keys[block];
        out->values[b] = task->values[block];
        out->next_keys[b] = task->keys[next];
        out->next_values[b] = task->values[next];
    }
}

/// Converts the blocks of the tile's tokens `any` to floats, and asks for the next ones. `source` is a constant.
CK_INLINE void ck_convert_tile(const int source, const ck_attention *task, const ck_flash_memory *memory,
                               ck_tokens any, ck_tile_source *tile) {
    size_t width = task->key_width, value_width = task->value_width, tokens = task->block_tokens;
    size_t key_step = ck_slice_bytes(source, width) / width, value_bytes = ck_slice_bytes(source, value_width);
    for (size_t b = any.first / tokens; b * tokens < any.end; b++) {
        float *keys = memory->keys + b * width * CK_CACHE_TOKENS;
        for (size_t i = 0; i < width; i++) {
            __builtin_prefetch(tile->next_keys[b] + i * key_step, 0, 2);
            for (size_t t = 0; t < CK_CACHE_TOKENS; t += CK_LANES) {
                ck_store(keys + i * CK_CACHE_TOKENS + t, ck_key_vector(source, tile->keys[b], width, i, t));
            }
        }
        float *values = memory->values + b * CK_CACHE_TOKENS * memory->width;
        for (size_t t = 0; t < tokens; t++) {
            float *out = values + t * memory->width;
            size_t i = 0;
            for (; i + CK_LANES <= value_width; i += CK_LANES) {
                ck_store(out + i, ck_value_vector(source, tile->values[b], value_width, t, i));
            }
            for (; i < memory->width; i++) {
                out[i] = i < value_width ? ck_value_element(source, tile->values[b], value_width, t, i) : 0;
            }
        }
        for (size_t i = 0; i < value_bytes; i += 64) __builtin_prefetch(tile->next_values[b] + i, 0, 2);
        tile->keys[b] = keys;
        tile->values[b] = values;
    }
}

/// The part of some queries that lie in converted memory.
static void ck_attend_converted(int count, const ck_tile_task *part, const ck_tile_result *to) {
    switch (count) {
#define CK_CASE(n)                                                                                                     \
    case n: ck_attend_part(CK_FROM_FLOATS, n, part, to); break;
        CK_CASE(1)
        CK_CASE(2)
        CK_CASE(3)
        CK_CASE(4)
        CK_CASE(5)
        CK_CASE(6)
#if CK_QUERIES > 6
        CK_CASE(7)
        CK_CASE(8)
        CK_CASE(9)
        CK_CASE(10)
        CK_CASE(11)
        CK_CASE(12)
#endif
#undef CK_CASE
    default: break;
    }
}

/// The same of a few queries, from a cache type.
CK_INLINE void ck_attend_direct(const int source, int count, const ck_tile_task *part, const ck_tile_result *to) {
    switch (count) {
    case 1: ck_attend_part(source, 1, part, to); break;
    case 2: ck_attend_part(source, 2, part, to); break;
    case 3: ck_attend_part(source, 3, part, to); break;
    default: ck_attend_part(source, CK_DIRECT_QUERIES, part, to); break;
    }
}

/// One tile's part of the attention of `rows` rows of a group from `row`, which see what `part` says.
CK_INLINE void ck_attend_rows(const int source, const ck_flash_memory *memory, ck_query_group group, size_t row,
                              size_t rows, size_t tile, ck_tile_task *part) {
    const ck_attention *task = part->task;
    size_t query = row * task->heads + group.first_head;
    ck_tile_result to = {task->records != NULL, memory->width, memory->width, memory->out + query * memory->width,
                         memory->largest + query, memory->sums + query};
    if (to.is_record) {
        to.out = ck_record(task, query, tile);
        to.out_stride = task->record_tiles * ck_record_floats(task->value_width);
    }
    part->queries = group.queries + (row - group.first_row) * group.heads;
    if (source == CK_FROM_FLOATS) {
        ck_attend_converted((int)(rows * group.heads), part, &to);
    } else {
        ck_attend_direct(source, (int)(rows * group.heads), part, &to);
    }
}

/// What rows of a group from `row` on that are neighbours see of a tile of `tokens` which begins at position `start`, as
/// far as they see something of it; returns how many those are.
CK_INLINE size_t ck_see_tile(ck_query_group group, size_t row, size_t start, size_t tokens, ck_tile_task *part) {
    const ck_attention *task = part->task;
    size_t rows = 0, queries = 0;
    for (; row + rows < group.first_row + group.rows; rows++) {
        ck_tokens seen = ck_tokens_of_tile(task->seen[row + rows], start, tokens);
        if (seen.first >= seen.end) break;
        if (rows == 0) part->any = part->all = seen;
        if (seen.first < part->any.first) part->any.first = seen.first;
        if (seen.end > part->any.end) part->any.end = seen.end;
        if (seen.first > part->all.first) part->all.first = seen.first;
        if (seen.end < part->all.end) part->all.end = seen.end;
        for (size_t h = 0; h < group.heads; h++, queries++) {
            part->seen[queries] = seen;
            if (part->adjusts) {
                float slope = task->slopes == NULL ? 0 : task->slopes[group.first_head + h];
                float distance = (float)start - (float)(task->first_position + row + rows);
                part->scoring[queries] = (ck_scoring){task->softcap, slope, distance};
            }
        }
    }
    if (part->all.end < part->all.first) part->all.end = part->all.first;
    return rows;
}

/// One tile's part of the attention of a group. `source` is a constant.
CK_INLINE void ck_attend_group(const int source, const ck_flash_memory *memory, ck_query_group group, size_t tile,
                               size_t tile_tokens, ck_tile_task *part) {
    size_t row = group.first_row, end = row + group.rows;
    while (row < end) {
        size_t rows = ck_see_tile(group, row, tile * tile_tokens, tile_tokens, part);
        if (rows > 0) ck_attend_rows(source, memory, group, row, rows, tile, part);
        row += rows > 0 ? rows : 1;
    }
}

static void ck_clear_sums(const ck_attention *task, const ck_flash_memory *memory) {
    size_t queries = task->rows * task->heads;
    for (size_t q = 0; q < queries; q++) memory->largest[q] = -INFINITY;
    memset(memory->sums, 0, queries * sizeof(float));
    memset(memory->out, 0, queries * memory->width * sizeof(float));
}

/// What the sums of a query are multiplied by at the end where one more score takes weight.
static __attribute__((noinline)) float ck_factor_beside_sink(float sink, float largest, float sum) {
    ck_factors factors;
    ck_merge_weights(1, &largest, &sum, &sink, &(const float){1}, &factors);
    return factors.before[0] / sum;
}

static void ck_divide_by_weights(const ck_attention *task, bool rotates, const ck_flash_memory *memory) {
    for (size_t q = 0; q < task->rows * task->heads; q++) {
        size_t head = q % task->heads;
        float *out = task->out + q / task->heads * task->out_stride + head * task->value_width;
        float *from = memory->out + q * memory->width, sum = memory->sums[q];
        float factor =
            task->sinks == NULL ? 1 / sum : ck_factor_beside_sink(task->sinks[head], memory->largest[q], sum);
        for (size_t i = 0; i < memory->width; i += CK_LANES) {
            ck_store(from + i, ck_multiply(ck_load(from + i), ck_vector_of(factor)));
        }
        if (rotates) ck_rotate_head(task->value_width, from);
        memcpy(out, from, task->value_width * sizeof(float));
    }
}

/// The positions from the first that a row of the task sees to the last.
CK_INLINE ck_positions ck_seen_by_task(const ck_attention *task) {
    ck_positions all = task->seen[0];
    for (size_t row = 1; row < task->rows; row++) {
        ck_positions seen = task->seen[row];
        all.first = seen.first < all.first ? seen.first : all.first;
        all.end = seen.end > all.end ? seen.end : all.end;
    }
    return all;
}

/// The tokens from the first of a tile that a row of the task sees to the last; end ≤ first where none sees any.
CK_INLINE ck_tokens ck_tokens_of_task(const ck_attention *task, size_t start, size_t tokens) {
    ck_tokens any = {tokens, 0};
    for (size_t row = 0; row < task->rows; row++) {
        ck_tokens seen = ck_tokens_of_tile(task->seen[row], start, tokens);
        if (seen.first >= seen.end) continue;
        any.first = seen.first < any.first ? seen.first : any.first;
        any.end = seen.end > any.end ? seen.end : any.end;
    }
    return any;
}

/// Attention to a cache of the type `source`, a constant.
CK_INLINE void ck_attend(const int source, bool rotates, const ck_attention *task) {
    ck_flash_memory memory;
    ck_tile_source blocks;
    ck_flash_layout(task->rows, task->heads, task->key_width, task->value_width, task->block_tokens, task->scratch,
                    &memory);
    ck_grouping groups = ck_groups_of(task->rows, task->heads);
    bool direct = task->rows * task->heads <= CK_DIRECT_QUERIES && task->value_width % CK_LANES == 0;
    ck_pack_queries(task, rotates, &memory, groups);
    if (task->records == NULL) ck_clear_sums(task, &memory);
    ck_positions all = ck_seen_by_task(task);
    ck_tiles tiles = ck_tiles_of_task(task, all);
    size_t tile_blocks = ck_tile_blocks(task->block_tokens), tile_tokens = tile_blocks * task->block_tokens;
    ck_tile_task part = {.task = task, .tile = &blocks, .adjusts = task->softcap != 0 || task->slopes != NULL,
                         .scores = memory.scores, .key_bytes = ck_slice_bytes(source, task->key_width),
                         .value_bytes = ck_slice_bytes(source, task->value_width)};
    for (size_t tile = tiles.first; tile < tiles.end; tile++) {
        ck_tokens any = ck_tokens_of_task(task, tile * tile_tokens, tile_tokens);
        if (any.first >= any.end) continue;
        ck_find_tile(task, tile * tile_blocks, tile_blocks, (all.end - 1) / task->block_tokens, &blocks);
        if (!direct) ck_convert_tile(source, task, &memory, any, &blocks);
        for (size_t g = 0; g < groups.row_steps * groups.head_steps; g++) {
            ck_query_group group = ck_group_at(task, &memory, groups, g);
            if (direct) {
                ck_attend_group(source, &memory, group, tile, tile_tokens, &part);
            } else {
                ck_attend_group(CK_FROM_FLOATS, &memory, group, tile, tile_tokens, &part);
            }
        }
    }
    if (task->records == NULL) ck_divide_by_weights(task, rotates, &memory);
}

/// Merges the records of the tiles that each row sees.
static void ck_merge_records(bool rotates, const ck_attention *task) {
    ck_flash_memory memory;
    ck_flash_layout(task->rows, task->heads, task->key_width, task->value_width, task->block_tokens, task->scratch,
                    &memory);
    ck_clear_sums(task, &memory);
    for (size_t q = 0; q < task->rows * task->heads; q++) {
        ck_tiles tiles = ck_tiles_of_positions(task, task->seen[q / task->heads]);
        float *out = memory.out + q * memory.width;
        for (size_t tile = tiles.first; tile < tiles.end; tile++) {
            const float *record = ck_record(task, q, tile);
            const float *head = record - CK_RECORD_HEAD;
            ck_factors factors;
            ck_merge_weights(1, &memory.largest[q], &memory.sums[q], &head[0], &head[1], &factors);
            for (size_t i = 0; i < memory.width; i += CK_LANES) {
                ck_store(out + i, ck_merged(ck_load(out + i), ck_load(record + i), &factors, 0));
            }
        }
    }
    ck_divide_by_weights(task, rotates, &memory);
}

CK_TARGET_END

/// The functions of a table that compute attention.
#define CK_FLASH_TYPE(type, rotates, set)                                                                              \
    void ck_##type##_attend_##set(const ck_attention *task) { ck_attend(CK_FROM_##type, rotates, task); }              \
    void ck_##type##_merge_##set(const ck_attention *task) { ck_merge_records(rotates, task); }
#define CK_FLASH(set)                                                                                                  \
    size_t ck_attend_scratch_##set(size_t rows, size_t heads, size_t key_width, size_t value_width,                    \
                                   size_t block_tokens) {                                                              \
        return ck_flash_layout(rows, heads, key_width, value_width, block_tokens, NULL, NULL);                         \
    }                                                                                                                  \
    size_t ck_attend_record_##set(size_t value_width) { return ck_record_floats(value_width); }

#endif

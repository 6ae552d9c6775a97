#ifndef CK_ATTEND_H
#define CK_ATTEND_H

// A row's attention is computed in tiles of positions, each with a softmax of its own, which are then merged in
// ascending order. Where tiles begin depends on positions only, and so does what is added to what: the result has the
// same bits whatever other rows are in the task, and whoever computed which tiles.

#include "../../include/ckernels.h"

#include <math.h>
#include <string.h>

enum {
    CK_TILE_TOKENS = 128,    // of an attention tile, or a few less where blocks do not fill it
    CK_RECORD_HEAD = 16,     // floats of a record before its sums: the largest score, the sum of weights
};

/// The positions that a query row sees: first ..< end.
typedef struct {
    size_t first, end;
} ck_visible;

static inline ck_visible ck_visible_positions(const ck_attention *task, size_t row) {
    size_t end = task->first_position + row + 1;
    size_t first = task->window > 0 && end > task->window ? end - task->window : 0;
    return (ck_visible){first, end};
}

/// Cache blocks of an attention tile.
static inline size_t ck_tile_blocks(size_t block_tokens) {
    return block_tokens < CK_TILE_TOKENS ? CK_TILE_TOKENS / block_tokens : 1;
}

/// The tiles of the task that any of its rows sees.
typedef struct {
    size_t first, end;
} ck_tiles;

static inline ck_tiles ck_tiles_of_task(const ck_attention *task) {
    size_t tokens = ck_tile_blocks(task->block_tokens) * task->block_tokens;
    size_t first = ck_visible_positions(task, 0).first / tokens;
    size_t end = (task->first_position + task->rows - 1) / tokens + 1;
    if (task->records == NULL) return (ck_tiles){first, end};
    return (ck_tiles){first > task->first_tile ? first : task->first_tile, end < task->end_tile ? end : task->end_tile};
}

#endif

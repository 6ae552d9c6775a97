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

/// Cache blocks of an attention tile.
static inline size_t ck_tile_blocks(size_t block_tokens) {
    return block_tokens < CK_TILE_TOKENS ? CK_TILE_TOKENS / block_tokens : 1;
}

/// Attention tiles first ..< end.
typedef struct {
    size_t first, end;
} ck_tiles;

/// The tiles that positions lie in.
static inline ck_tiles ck_tiles_of_positions(const ck_attention *task, ck_positions positions) {
    size_t tokens = ck_tile_blocks(task->block_tokens) * task->block_tokens;
    return (ck_tiles){positions.first / tokens, (positions.end - 1) / tokens + 1};
}

/// Those of them that the task computes: all, or where it writes records some.
static inline ck_tiles ck_tiles_of_task(const ck_attention *task, ck_positions positions) {
    ck_tiles tiles = ck_tiles_of_positions(task, positions);
    if (task->records == NULL) return tiles;
    if (tiles.first < task->first_tile) tiles.first = task->first_tile;
    if (tiles.end > task->end_tile) tiles.end = task->end_tile;
    return tiles;
}

/// Tokens first ..< end of an attention tile.
typedef struct {
    size_t first, end;
} ck_tokens;

/// The tokens of a tile of `tokens`, which begins at position `start`, that are among `positions`; end ≤ first where there
/// are none.
static inline ck_tokens ck_tokens_of_tile(ck_positions positions, size_t start, size_t tokens) {
    size_t first = positions.first > start ? positions.first - start : 0;
    size_t end = positions.end > start ? positions.end - start : 0;
    return (ck_tokens){first, end < tokens ? end : tokens};
}

#endif

#ifndef CK_ATTEND_H
#define CK_ATTEND_H

#include "../operations.h"

/// The positions that a query row sees: first ..< end.
typedef struct {
    size_t first, end;
} ck_visible;

static inline ck_visible ck_visible_positions(const ck_attention *task, size_t row) {
    size_t end = task->first_position + row + 1;
    size_t first = task->window > 0 && end > task->window ? end - task->window : 0;
    return (ck_visible){first, end};
}

#endif

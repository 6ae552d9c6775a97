#ifndef CK_CONVOLVE_INPUTS_H
#define CK_CONVOLVE_INPUTS_H

#include "../operations.h"

#include <string.h>

/// Number `index` of the rows of inputs: those of the state, which are width - 1, then those of the task.
static inline float *ck_input_row(const ck_convolution *task, size_t index) {
    size_t earlier = task->width - 1;
    if (index < earlier) return task->state + index * task->state_stride;
    return (float *)task->in + (index - earlier) * task->in_stride;
}

/// Makes the last inputs the state.
static inline void ck_keep_last_inputs(const ck_convolution *task) {
    for (size_t i = 0; i + 1 < task->width; i++) {
        memmove(ck_input_row(task, i), ck_input_row(task, i + task->rows), task->channels * sizeof(float));
    }
}

#endif

#include "../operations.h"

#include <math.h>

static void scan_element(const ck_scan *task, size_t row, size_t head, size_t p) {
    size_t element = head * task->head_width + p, states = task->state_width;
    float dt = task->dt[row * task->dt_stride + head], x = task->x[row * task->x_stride + element];
    const float *a = task->a + head * task->a_width, *b = task->b + row * task->b_stride;
    const float *c = task->c + row * task->c_stride;
    float *state = task->state + element * states, sum = 0;
    for (size_t n = 0; n < states; n++) {
        state[n] = expf(dt * a[task->a_width == 1 ? 0 : n]) * state[n] + dt * x * b[n];
        sum += state[n] * c[n];
    }
    task->out[row * task->out_stride + element] = sum + (task->d != NULL ? task->d[head] * x : 0);
}

void ck_scan_generic(const ck_scan *task) {
    for (size_t row = 0; row < task->rows; row++) {
        for (size_t head = 0; head < task->heads; head++) {
            for (size_t p = 0; p < task->head_width; p++) scan_element(task, row, head, p);
        }
    }
}

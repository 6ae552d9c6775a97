#if defined(__x86_64__)

#include "../vectors/avx2.h"

#include "operations.h"

#define CK_OPERATION(name) ck_##name##_avx2

#include "activations/vectors.h"
#include "arithmetic/vectors.h"
#include "convolve/vectors.h"
#include "norms/vectors.h"
#include "scan/vectors.h"

#endif

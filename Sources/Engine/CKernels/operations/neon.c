#if defined(__aarch64__)

#include "../vectors/neon.h"

#include "operations.h"

#define CK_OPERATION(name) ck_##name##_neon

#include "activations/vectors.h"
#include "arithmetic/vectors.h"
#include "convolve/vectors.h"
#include "norms/vectors.h"
#include "scan/vectors.h"

#endif

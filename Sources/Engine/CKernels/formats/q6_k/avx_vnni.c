#if defined(__x86_64__)

#include "../../products/dots/avx_vnni.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_BY_PANELS(q6_k, shape, read, ck_q6_k_multiply_avx2)

CK_TARGET_END

#endif

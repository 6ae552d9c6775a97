#if defined(__x86_64__)

#include "../../vectors/avx512.h"

#define CK_QUERIES 12  // 24 of 32 registers are sums
#define CK_VECTORS 2

#include "flash_task.h"

CK_TARGET_BEGIN

CK_FLASH(avx512)

#define ATTEND(type, unit, rotates) CK_FLASH_TYPE(type, rotates, avx512)
CK_CACHES(ATTEND)

CK_TARGET_END

#endif

// Each inner function is compiled for several instruction sets; calls use the widest that this CPU supports.
// Sums use a fixed number of lanes and no fused multiply-add, so that all variants give the same bits.
#pragma once

#define INLINE inline __attribute__((always_inline))

#if defined(__x86_64__)
inline int instructionSet() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") ? 2 : __builtin_cpu_supports("avx2") ? 1 : 0;
}
#define FOR_EACH_CPU(name, parameters, arguments)                                           \
  __attribute__((target("avx512f"))) static void name##Avx512 parameters { name##Body arguments; } \
  __attribute__((target("avx2"))) static void name##Avx2 parameters { name##Body arguments; }      \
  static void name##Any parameters { name##Body arguments; }                                \
  static void(*const name) parameters =                                                     \
      instructionSet() == 2 ? name##Avx512 : instructionSet() == 1 ? name##Avx2 : name##Any;
#else
#define FOR_EACH_CPU(name, parameters, arguments) \
  static void name parameters { name##Body arguments; }
#endif

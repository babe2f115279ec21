/**
 * Source of an addon that loads TensorFlow's library with stderr redirected to /dev/null. TensorFlow 2.21
 * logs a line about oneDNN while its library loads, before it reads TF_CPP_MIN_LOG_LEVEL. The binding,
 * required afterwards, finds the library loaded. Errors are ignored here: the binding fails in the same way
 * and says why.
 */
export const quietSource = `
#include <dlfcn.h>
#include <fcntl.h>
#include <unistd.h>

extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void*, void* exports) {
  const int terminal = dup(2);
  const int nowhere = open("/dev/null", O_WRONLY);
  if (terminal >= 0 && nowhere >= 0) dup2(nowhere, 2);
  dlopen(LIBRARY, RTLD_NOW);
  if (terminal >= 0) dup2(terminal, 2);
  close(terminal);
  close(nowhere);
  return exports;
}
`;

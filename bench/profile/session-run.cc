// Replaces TensorFlow's TF_SessionRun: loaded globally and before tfjs-node's binding, whose calls therefore
// arrive here. They are passed on to TensorFlow with a request that the binding cannot make: trace every
// kernel.
#include <dlfcn.h>
#include <node_api.h>
#include <pthread.h>
#include <time.h>

#include <cstdint>
#include <string>
#include <vector>

extern "C" {
struct TF_Buffer {
  const void* data;
  size_t length;
  void (*data_deallocator)(void* data, size_t length);
};
struct TF_Session;
struct TF_Status;
struct TF_Operation;
struct TF_Output;
struct TF_Tensor;
}

namespace {

using SessionRun = void(TF_Session*, const TF_Buffer*, const TF_Output*, TF_Tensor* const*, int,
                        const TF_Output*, TF_Tensor**, int, const TF_Operation* const*, int, TF_Buffer*,
                        TF_Status*);

// Read the clock that TensorFlow uses for its kernels' timestamps.
int64_t nanoseconds() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now.tv_sec * int64_t{1000000000} + now.tv_nsec;
}

struct Run {
  int64_t start, end;
  std::string metadata;  // A RunMetadata message; empty without a trace.
};
std::vector<Run> runs;
bool isTracing = false;

// TensorFlow's own TF_SessionRun. TensorFlow is loaded by now, since its binding is the only caller.
SessionRun* tensorflows() {
  void* library = dlopen(LIBRARY, RTLD_NOW | RTLD_NOLOAD);
  return library ? reinterpret_cast<SessionRun*>(dlsym(library, "TF_SessionRun")) : nullptr;
}

// setTracing(isTracing)
napi_value setTracing(napi_env env, napi_callback_info info) {
  napi_value wanted;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &wanted, nullptr, nullptr);
  napi_get_value_bool(env, wanted, &isTracing);
  return nullptr;
}

// takeRuns(): the runs since the last call, as [start, end, metadata].
napi_value takeRuns(napi_env env, napi_callback_info) {
  napi_value list;
  napi_create_array_with_length(env, runs.size(), &list);
  for (size_t i = 0; i < runs.size(); i++) {
    const Run& run = runs[i];
    napi_value entry, values[3];
    napi_create_array_with_length(env, 3, &entry);
    napi_create_bigint_int64(env, run.start, &values[0]);
    napi_create_bigint_int64(env, run.end, &values[1]);
    napi_create_buffer_copy(env, run.metadata.size(), run.metadata.data(), nullptr, &values[2]);
    for (int k = 0; k < 3; k++) napi_set_element(env, entry, k, values[k]);
    napi_set_element(env, list, i, entry);
  }
  runs.clear();
  return list;
}

struct Pass {
  const float* x;
  float* y;
  size_t size;
};
void* pass(void* given) {
  const Pass& pass = *static_cast<Pass*>(given);
  for (size_t i = 0; i < pass.size; i++) pass.y[i] = 0.5f * pass.x[i];
  return nullptr;
}

// bandwidth(bytes, threads): bytes read and written per second in the fastest of several passes, each of
// which reads half of the bytes and writes the other half.
napi_value bandwidth(napi_env env, napi_callback_info info) {
  napi_value arguments[2], result;
  size_t count = 2;
  int64_t bytes = 0, threads = 1;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  napi_get_value_int64(env, arguments[0], &bytes);
  napi_get_value_int64(env, arguments[1], &threads);
  const size_t ofThread = bytes / 2 / sizeof(float) / threads;
  std::vector<float> x(ofThread * threads, 1.0f), y(ofThread * threads);
  int64_t least = INT64_MAX;
  for (int repeat = 0; repeat < 20; repeat++) {
    std::vector<Pass> passes;
    for (int64_t i = 0; i < threads; i++) passes.push_back({&x[i * ofThread], &y[i * ofThread], ofThread});
    std::vector<pthread_t> others(threads - 1);
    const int64_t start = nanoseconds();
    for (size_t i = 0; i < others.size(); i++) pthread_create(&others[i], nullptr, pass, &passes[i + 1]);
    pass(&passes[0]);
    for (const pthread_t other : others) pthread_join(other, nullptr);
    const int64_t taken = nanoseconds() - start;
    if (taken < least) least = taken;
  }
  napi_create_double(env, 2e9 * sizeof(float) * x.size() / least, &result);
  return result;
}

}  // namespace

#define EXPORTED extern "C" __attribute__((visibility("default")))

EXPORTED void TF_SessionRun(TF_Session* session, const TF_Buffer* options, const TF_Output* inputs,
                            TF_Tensor* const* inputValues, int inputCount, const TF_Output* outputs,
                            TF_Tensor** outputValues, int outputCount, const TF_Operation* const* targets,
                            int targetCount, TF_Buffer* metadata, TF_Status* status) {
  static SessionRun* const run = tensorflows();
  // RunOptions { trace_level: FULL_TRACE }
  static const char fullTrace[] = {0x08, 0x03};
  const TF_Buffer traced = {fullTrace, sizeof fullTrace, nullptr};
  TF_Buffer found = {nullptr, 0, nullptr};
  const int64_t start = nanoseconds();
  run(session, isTracing ? &traced : options, inputs, inputValues, inputCount, outputs, outputValues,
      outputCount, targets, targetCount, isTracing ? &found : metadata, status);
  const int64_t end = nanoseconds();
  runs.push_back({start, end, std::string(static_cast<const char*>(found.data ? found.data : ""), found.length)});
  if (found.data_deallocator) found.data_deallocator(const_cast<void*>(found.data), found.length);
}

EXPORTED napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  const struct {
    const char* name;
    napi_callback function;
  } functions[] = {{"setTracing", setTracing}, {"takeRuns", takeRuns}, {"bandwidth", bandwidth}};
  for (const auto& [name, function] : functions) {
    napi_value value;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
    napi_set_named_property(env, exports, name, value);
  }
  return exports;
}

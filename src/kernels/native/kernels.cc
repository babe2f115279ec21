// bbits' own ops for TensorFlow, with CPU kernels, registered when Node loads this addon.
#include "adam.h"
#include "max-pool.h"
#include "quantizer.h"
#include "tensorflow.h"

// Part of Node-API, which the node executable provides.
extern "C" int napi_throw_error(void* env, const char* code, const char* message);

namespace {

// An input or output of a running kernel; releases TensorFlow's handle.
class Tensor {
 public:
  explicit Tensor(TF_Tensor* tensor = nullptr) : tensor(tensor) {}
  Tensor(const Tensor&) = delete;
  ~Tensor() { release(); }
  void release() {
    if (tensor) TF_DeleteTensor(tensor);
    tensor = nullptr;
  }
  TF_Tensor** place() { return &tensor; }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor)); }
  int rank() const { return TF_NumDims(tensor); }
  int64_t dim(int index) const { return TF_Dim(tensor, index); }
  std::vector<int64_t> shape() const {
    std::vector<int64_t> dims;
    for (int i = 0; i < rank(); i++) dims.push_back(dim(i));
    return dims;
  }

 private:
  TF_Tensor* tensor;
};

long sizeOf(const std::vector<int64_t>& shape) {
  long size = 1;
  for (const int64_t dim : shape) size *= dim;
  return size;
}

// A kernel call: reads inputs and allocates outputs until one fails, and reports that failure to TensorFlow.
class Call {
 public:
  explicit Call(TF_OpKernelContext* context) : context(context), status(TF_NewStatus()) {}
  Call(const Call&) = delete;
  ~Call() {
    if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
    TF_DeleteStatus(status);
  }
  bool input(int index, Tensor& tensor) {
    TF_GetInput(context, index, tensor.place(), status);
    return TF_GetCode(status) == TF_OK;
  }
  bool output(int index, const std::vector<int64_t>& shape, Tensor& tensor) {
    *tensor.place() = TF_AllocateOutput(context, index, TF_FLOAT, shape.data(), shape.size(),
                                        sizeOf(shape) * sizeof(float), status);
    return TF_GetCode(status) == TF_OK;
  }
  // Reuses the input's memory if nothing else needs it; all handles of the input must be released first.
  bool outputInPlace(int inputIndex, int index, const std::vector<int64_t>& shape, Tensor& tensor) {
    int forwarded = -1;
    *tensor.place() = TF_ForwardInputOrAllocateOutput(context, &inputIndex, 1, index, shape.data(),
                                                      shape.size(), &forwarded, status);
    return TF_GetCode(status) == TF_OK;
  }

 private:
  TF_OpKernelContext* context;
  TF_Status* status;
};

void* createQuantizer(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  unsigned char isSigned = 0;
  TF_OpKernelConstruction_GetAttrBool(construction, "signed", &isSigned, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return new bool(isSigned != 0);
}
void destroyQuantizer(void* isSigned) { delete static_cast<bool*>(isSigned); }

void describe(QuantizerJob& job, bool isSigned, const Tensor& beta, const Tensor& products,
              const Tensor& z2, const std::vector<int64_t>& shape) {
  job.grid = gridOf(isSigned, *beta.data(), products.data());
  job.z2 = z2.rank() > 0 ? z2.data() : nullptr;
  job.channels = shape.empty() ? 1 : shape.back();
  job.size = sizeOf(shape);
  setParts(job);
}

// x, beta, products, z2 -> y
void quantize(void* isSigned, TF_OpKernelContext* context) {
  Call call(context);
  Tensor x, beta, products, z2, y;
  if (!call.input(0, x) || !call.input(1, beta) || !call.input(2, products) || !call.input(3, z2)) return;
  const auto shape = x.shape();
  if (!call.output(0, shape, y)) return;
  QuantizerJob job{};
  describe(job, *static_cast<bool*>(isSigned), beta, products, z2, shape);
  job.x = x.data();
  job.y = y.data();
  if (job.size > 0) pool::run(forwardPart, &job, job.parts());
}

// Compute the gradients of beta, products and z2 from the sums of all parts, in order.
void finish(const QuantizerJob& job, float beta, const float* products, float* dBeta, float* dProducts,
            float* dz2) {
  const long channels = job.rowSize();
  std::vector<double> sums(job.sumsOfPart());
  for (size_t i = 0; i < job.sums.size(); i++) sums[i % sums.size()] += job.sums[i];
  std::vector<double> gates(channels);
  double gradients[levelCount] = {};
  for (int used = 0; used < job.grid.used; used++) {
    const Level& level = job.grid.levels[used];
    for (long channel = 0; channel < channels; channel++) {
      const double sum = level.rounds ? level.exactStep * sums[used * channels + channel]
                                      : sums[used * channels + channel];
      gradients[level.index] += job.z2 ? job.z2[channel] * sum : sum;
      gates[channel] += products[level.index] * sum;
    }
  }
  double dot = -sums.back();
  for (int index = 0; index < levelCount; index++) {
    dot += products[index] * gradients[index];
    dProducts[index] = static_cast<float>(gradients[index]);
  }
  *dBeta = static_cast<float>(dot / beta);
  for (long channel = 0; channel < channels; channel++) dz2[channel] = static_cast<float>(gates[channel]);
}

// dy, x, beta, products, z2 -> dx, dBeta, dProducts, dz2
void quantizeGradient(void* isSigned, TF_OpKernelContext* context) {
  Call call(context);
  Tensor dy, x, beta, products, z2, dx, dBeta, dProducts, dz2;
  if (!call.input(1, x) || !call.input(2, beta) || !call.input(3, products) || !call.input(4, z2)) return;
  const auto shape = x.shape();
  if (!call.output(1, beta.shape(), dBeta) || !call.output(2, products.shape(), dProducts)) return;
  if (!call.output(3, z2.shape(), dz2)) return;
  if (!call.input(0, dy)) return;
  const float* given = dy.data();
  dy.release();
  if (!call.outputInPlace(0, 0, shape, dx)) return;
  QuantizerJob job{};
  describe(job, *static_cast<bool*>(isSigned), beta, products, z2, shape);
  job.x = x.data();
  job.dy = given;
  job.dx = dx.data();
  const long parts = job.size > 0 ? job.parts() : 0;
  job.sums.resize(parts * job.sumsOfPart());
  pool::run(backwardPart, &job, parts);
  finish(job, *beta.data(), products.data(), dBeta.data(), dProducts.data(), dz2.data());
}

void* createMaxPool(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  int32_t size = 1;
  TF_OpKernelConstruction_GetAttrInt32(construction, "size", &size, status);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return new int32_t(size);
}
void destroyMaxPool(void* size) { delete static_cast<int32_t*>(size); }

// x, dy -> dx
void maxPoolGradient(void* windowSize, TF_OpKernelContext* context) {
  Call call(context);
  Tensor x, dy, dx;
  if (!call.input(0, x) || !call.input(1, dy)) return;
  const auto shape = x.shape();
  if (!call.output(0, shape, dx)) return;
  if (sizeOf(shape) == 0) return;
  const long size = *static_cast<int32_t*>(windowSize);
  MaxPoolJob job{x.data(), dy.data(), dx.data(), shape[0] * shape[1] / size, shape[2] / size, size, shape[3], 1};
  const long ofRow = shape[2] * shape[3] * size;
  if (ofRow < partSize) job.rowsOfPart = partSize / ofRow;
  pool::run(maxPoolPart, &job, (job.rows + job.rowsOfPart - 1) / job.rowsOfPart);
}

void* createAdam(TF_OpKernelConstruction* construction) {
  TF_Status* status = TF_NewStatus();
  AdamFactors* factors = new AdamFactors{};
  const struct {
    const char* name;
    float* place;
  } attributes[] = {{"beta1", &factors->beta1},
                    {"rest1", &factors->rest1},
                    {"beta2", &factors->beta2},
                    {"rest2", &factors->rest2},
                    {"epsilon", &factors->epsilon}};
  for (const auto& [name, place] : attributes) {
    if (TF_GetCode(status) == TF_OK) TF_OpKernelConstruction_GetAttrFloat(construction, name, place, status);
  }
  if (TF_GetCode(status) != TF_OK) TF_OpKernelConstruction_Failure(construction, status);
  TF_DeleteStatus(status);
  return factors;
}
void destroyAdam(void* factors) { delete static_cast<AdamFactors*>(factors); }

// gradient, m, v, rate, root_scale -> update, new_m, new_v
void adamStep(void* factors, TF_OpKernelContext* context) {
  Call call(context);
  Tensor gradient, m, v, rate, rootScale, update, newM, newV;
  if (!call.input(1, m) || !call.input(2, v) || !call.input(3, rate) || !call.input(4, rootScale)) return;
  const auto shape = m.shape();
  if (!call.output(1, shape, newM) || !call.output(2, shape, newV) || !call.input(0, gradient)) return;
  const float* given = gradient.data();
  gradient.release();
  if (!call.outputInPlace(0, 0, shape, update)) return;
  AdamJob job{*static_cast<AdamFactors*>(factors), given, m.data(), v.data(), update.data(), newM.data(),
              newV.data(), sizeOf(shape)};
  job.factors.rate = *rate.data();
  job.factors.rootScale = *rootScale.data();
  pool::run(adamPart, &job, (job.size + adamPartSize - 1) / adamPartSize);
}

// Output i has the shape of input i + offset.
template <int outputs, int offset>
void shapesOfInputs(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeHandle* shape = TF_NewShapeHandle();
  for (int i = 0; i < outputs && TF_GetCode(status) == TF_OK; i++) {
    TF_ShapeInferenceContextGetInput(context, i + offset, shape, status);
    if (TF_GetCode(status) == TF_OK) TF_ShapeInferenceContextSetOutput(context, i, shape, status);
  }
  TF_DeleteShapeHandle(shape);
}

struct Operation {
  const char* name;
  std::vector<const char*> inputs, outputs;
  std::vector<const char*> attributes;
  void (*infer)(TF_ShapeInferenceContext*, TF_Status*);
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*destroy)(void*);
};

void registerOperation(const Operation& operation, TF_Status* status) {
  TF_OpDefinitionBuilder* definition = TF_NewOpDefinitionBuilder(operation.name);
  for (const char* input : operation.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : operation.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : operation.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, operation.infer);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) != TF_OK) return;
  TF_RegisterKernelBuilder(
      operation.name,
      TF_NewKernelBuilder(operation.name, "CPU", operation.create, operation.compute, operation.destroy),
      status);
}

}  // namespace

extern "C" __attribute__((visibility("default"))) void* napi_register_module_v1(void* env, void* exports) {
  const Operation operations[] = {
      {"BbitsQuantize", {"x: float", "beta: float", "products: float", "z2: float"}, {"y: float"},
       {"signed: bool"}, shapesOfInputs<1, 0>, createQuantizer, quantize, destroyQuantizer},
      {"BbitsQuantizeGradient",
       {"dy: float", "x: float", "beta: float", "products: float", "z2: float"},
       {"dx: float", "d_beta: float", "d_products: float", "dz2: float"},
       {"signed: bool"}, shapesOfInputs<4, 1>, createQuantizer, quantizeGradient, destroyQuantizer},
      {"BbitsMaxPoolGradient", {"x: float", "dy: float"}, {"dx: float"},
       {"size: int"}, shapesOfInputs<1, 0>, createMaxPool, maxPoolGradient, destroyMaxPool},
      {"BbitsAdam",
       {"gradient: float", "m: float", "v: float", "rate: float", "root_scale: float"},
       {"update: float", "new_m: float", "new_v: float"},
       {"beta1: float", "rest1: float", "beta2: float", "rest2: float", "epsilon: float"},
       shapesOfInputs<3, 0>, createAdam, adamStep, destroyAdam},
  };
  TF_Status* status = TF_NewStatus();
  for (const Operation& operation : operations) {
    registerOperation(operation, status);
    if (TF_GetCode(status) == TF_OK) continue;
    napi_throw_error(env, nullptr, TF_Message(status));
    break;
  }
  TF_DeleteStatus(status);
  pool::start();
  return exports;
}

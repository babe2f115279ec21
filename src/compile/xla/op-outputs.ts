/** Ops with a single output, a tensor or a list, by the output's name. */
const oneOutput = {
  output:
    'All Any ArgMax ArgMin AvgPool AvgPool3D AvgPool3DGrad AvgPoolGrad BatchMatMul BatchMatMulV2 ' +
    'BatchToSpaceND BiasAdd Bitcast BroadcastTo ClipByValue Concat ConcatV2 Const Conv2D ' +
    'Conv2DBackpropFilter Conv2DBackpropInput Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 ' +
    'DepthToSpace DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter ' +
    'DepthwiseConv2dNativeBackpropInput Diag Einsum ExpandDims Fill Gather GatherNd GatherV2 Identity ' +
    'LRN LRNGrad LowerBound Max MaxPool MaxPool3D MaxPool3DGrad MaxPoolGrad Mean Min MirrorPad OneHot ' +
    'Pack Pad PadV2 Prod QuantizeAndDequantizeV4 Range Reshape ResizeBilinearGrad ' +
    'ResizeNearestNeighborGrad Reverse ReverseV2 ScatterNd Select SelectV2 Slice SpaceToBatchND Split ' +
    'SplitV Squeeze StatelessWhile StridedSlice Sum TensorScatterUpdate Tile Unpack ' +
    'UnsortedSegmentSum UpperBound While',
  y:
    'Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil Cos Cosh Erf Exp Expm1 Floor IsFinite IsInf IsNan ' +
    'Log Log1p LogicalNot Neg OnesLike Reciprocal Round Rsqrt Sigmoid Sign Sin Sinh Sqrt Square Tan ' +
    'Tanh Transpose ZerosLike',
  z:
    'Add AddV2 Atan2 BitwiseAnd Div DivNoNan Equal FloorDiv FloorMod Greater GreaterEqual Less ' +
    'LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul NotEqual Pow RealDiv SquaredDifference Sub',
  activations: 'Elu LeakyRelu Relu Relu6 Selu Softplus',
  backprops: 'EluGrad Relu6Grad ReluGrad',
  out: 'Cumprod Cumsum',
  product: 'MatMul',
  resized_images: 'ResizeBilinear ResizeNearestNeighbor',
  sum: 'AddN',
  value: 'ReadVariableOp',
  softmax: 'Softmax',
  logsoftmax: 'LogSoftmax',
  band: 'MatrixBandPart',
} as const;

/**
 * The output names, in order, of the TensorFlow ops that TensorFlow.js and `src/kernels` use. A graph refers
 * to outputs by number, a function by name. TensorFlow's C API lists them (`TF_GetAllOpList`), but its
 * Node.js binding does not.
 */
export const opOutputs: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    Object.entries(oneOutput).flatMap(([output, ops]) =>
      ops.split(' ').map((op) => [op, [output]]),
    ),
  ),
  FusedBatchNormV3: [
    'y',
    'batch_mean',
    'batch_variance',
    'reserve_space_1',
    'reserve_space_2',
    'reserve_space_3',
  ],
  FusedBatchNormGradV3: [
    'x_backprop',
    'scale_backprop',
    'offset_backprop',
    'reserve_space_4',
    'reserve_space_5',
  ],
  MaxPoolWithArgmax: ['output', 'argmax'],
  QuantizeAndDequantizeV4Grad: ['input_backprop', 'input_min_backprop', 'input_max_backprop'],
  TopKV2: ['values', 'indices'],
};

import { findNativeBackend } from './native-backend.js';

// tfjs-node ships TensorFlow's protocol buffers as generated JavaScript without types.
export type Message = object;
export interface GeneratedProto {
  readonly GraphDef: new () => Record<'setVersions' | 'setLibrary', (v: Message) => void> & {
    setNodeList(v: Message[]): void;
  };
  readonly VersionDef: new () => { setProducer(v: number): void };
  readonly NodeDef: new () => {
    setName(v: string): void;
    setOp(v: string): void;
    setInputList(v: string[]): void;
    setDevice(v: string): void;
    getAttrMap(): { set(name: string, value: Message): void };
  };
  readonly AttrValue: (new () => Record<
    | 'setType'
    | 'setI'
    | 'setF'
    | 'setB'
    | 'setS'
    | 'setShape'
    | 'setTensor'
    | 'setList'
    | 'setFunc',
    (v: unknown) => void
  >) & {
    ListValue: new () => Record<
      'setTypeList' | 'setIList' | 'setFList' | 'setBList',
      (v: unknown) => void
    >;
  };
  readonly Tensor: new () => {
    setDtype(v: number): void;
    setTensorShape(v: Message): void;
    setTensorContent(base64: string): void;
  };
  readonly TensorShape: (new () => { setDimList(v: Message[]): void }) & {
    Dim: new () => { setSize(v: number): void };
  };
  readonly MetaGraphDef: (new () => {
    setMetaInfoDef(v: Message): void;
    setGraphDef(v: Message): void;
  }) & {
    MetaInfoDef: new () => { setTagsList(v: string[]): void };
  };
  readonly NameAttrList: new () => { setName(v: string): void };
  readonly FunctionDefLibrary: new () => { setFunctionList(v: Message[]): void };
  readonly FunctionDef: new () => {
    setSignature(v: Message): void;
    setNodeDefList(v: Message[]): void;
    getRetMap(): { set(name: string, value: string): void };
  };
  readonly OpDef: (new () => {
    setName(v: string): void;
    setInputArgList(v: Message[]): void;
    setOutputArgList(v: Message[]): void;
    setIsStateful(v: boolean): void;
  }) & { ArgDef: new () => { setName(v: string): void; setType(v: number): void } };
  readonly SavedModel: new () => {
    setSavedModelSchemaVersion(v: number): void;
    setMetaGraphsList(v: Message[]): void;
    serializeBinary(): Uint8Array;
  };
}

/** Protocol buffers of the current native backend. @throws Error without native TensorFlow */
export function proto(): GeneratedProto {
  const backend = findNativeBackend();
  if (!backend) throw new Error('A graph was encoded without native TensorFlow.');
  return backend.proto;
}

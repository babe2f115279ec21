import { chooseBackend } from '../../backend/choice.js';
import { hasNvidiaDevice } from '../../backend/gpu.js';
import { installedBuilds } from '../../backend/start.js';
import { ownInstallation, type InstallationKind } from '../../installation.js';
import { packageVersion } from '../../version.js';

export interface VersionReport {
  readonly version: string;
  readonly installation: InstallationKind;
  readonly folder: string;
  readonly node: string;
  readonly platform: string;
  /** The backend that `backend: auto` chooses; `bbits backend doctor` shows whether it works. */
  readonly backend: 'native-gpu' | 'native-cpu' | 'wasm';
  /** TensorFlow's version; null with WebAssembly. */
  readonly tensorflow: string | null;
}

/** `bbits --version --json`: the details that a bug report needs, without starting a backend. */
export async function versionReport(): Promise<VersionReport> {
  const { kind, folder } = ownInstallation();
  const choice = chooseBackend('auto', await installedBuilds(), hasNvidiaDevice());
  return {
    version: packageVersion(),
    installation: kind,
    folder,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    ...(choice === 'wasm'
      ? { backend: 'wasm', tensorflow: null }
      : {
          backend: choice.gpu === 'used' ? 'native-gpu' : 'native-cpu',
          tensorflow: choice.build.manifest.tensorflow,
        }),
  };
}

import type { NpmPackage } from '../../commands/npm-pack.js';

/** An npm package of onnxruntime. */
export interface Part extends NpmPackage {
  /** Matches the paths of the files to keep. */
  readonly wanted: RegExp;
}

/** Platforms with a CPU library in the package. On Windows, bbits does not install it. */
export const platforms: readonly string[] = ['linux-x64', 'linux-arm64', 'darwin-arm64'];

export const version = '1.30.0';

/** The name of onnxruntime's folder in the cache. @param platform as in `platforms` */
export function onnxruntimeName(platform: string): string {
  return `onnxruntime-${version}-${platform}`;
}

/**
 * onnxruntime's packages for a platform. They contain every platform's library, of which one is kept, and
 * need no install scripts or other packages.
 *
 * @param platform as in `platforms`
 */
export function recipe(platform: string): readonly Part[] {
  const library = platform.replace('-', '/');
  return [
    {
      name: 'onnxruntime-node',
      version,
      integrity:
        'sha512-twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==',
      size: 113_507_888,
      // macOS has the library twice; the binding loads the one with the short name.
      wanted: new RegExp(
        `^(package\\.json|dist/[\\w-]+\\.js|bin/napi-v6/${library}/(onnxruntime_binding\\.node|libonnxruntime\\.(so\\.1|1\\.dylib)))$`,
      ),
    },
    {
      name: 'onnxruntime-common',
      version,
      integrity:
        'sha512-7fdVWjAID1dVhH/G8qK3APARunV4VkBFoCQAP7qp4Wkab0mrorvmc+sqiT+mKXOzDqdjN5j+/Z9nb4gzNPWcyA==',
      size: 66_795,
      wanted: /^(package\.json|dist\/cjs\/([\w-]+\.js|package\.json))$/,
    },
  ];
}

export const mayImport: Readonly<Record<string, readonly string[]>>;
export const openToAll: readonly string[];

import { writeGradients } from './gradients.js';

await writeGradients();

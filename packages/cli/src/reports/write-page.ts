import type { ReportSection } from '@unroll/core';
import { writeFileAtomically } from '@unroll/core/node';
import { chartPage } from './sections.js';

/** A page that needs nothing beside it. @throws {DataError} `file/…` if it cannot be written */
export async function writePage(path: string, title: string, sections: readonly ReportSection[]): Promise<void> {
  await writeFileAtomically(path, chartPage(title, sections));
}

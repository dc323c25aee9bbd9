export { cloudFigure } from "./cloud.ts";
export {
  type ComparedData,
  comparedDivergenceFigure,
  type ComparedKind,
  comparedMeansFigure,
  type ComparedMethod,
  comparedVariancesFigure,
  comparisonFigures,
  leaderboardFigure,
} from "./comparison.ts";
export type { FigureArray, FigureArrayName, FigureData, FigureStart } from "./data.ts";
export { distributionsFigure, type DistributionsOptions } from "./distributions.ts";
export { divergenceFigure } from "./divergence.ts";
export { fieldFigure } from "./field.ts";
export type { FigureOptions } from "./frame.ts";
export { momentsFigure } from "./moments.ts";
export { objectiveFigure } from "./objective.ts";
export { awakeAsleepFigure, interactionsFigure, pathFieldFigure } from "./paths.ts";
export { type Report, type ReportFigure, reportPage, type ReportSection, type ReportTable } from "./reportPage.ts";
export { type AccuracyLine, accuracyTable, type NamedFigure, resultFigures, resultSections } from "./resultSections.ts";
export { responseFigure } from "./response.ts";
export { figureStyle, tokenStyle } from "./tokens.ts";

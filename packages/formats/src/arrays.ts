export {
  type ArrayData,
  type Arrays,
  mostBytes,
  type NamedArray,
  trajectoryArrays,
} from "./arrays/namedArray.ts";

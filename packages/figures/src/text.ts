const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text made safe for element content and attribute values; characters that XML forbids become U+FFFD. */
export function escapeText(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- XML 1.0 forbids exactly these
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd")
      .replace(/[&<>"']/g, (c) => escapes[c] ?? c)
  );
}

/** Upper estimate of a text's width in pixels, from the widest font of the stack (DejaVu Sans), so that no label overlaps. */
export function textWidth(text: string, size = 12, bold = false): number {
  let em = 0;
  for (const c of text) {
    if (/[iljI.,:;|'’′!()[\]{} ⟨⟩·ft₀-₉⁰-⁹¹²³⁻]/u.test(c)) em += 0.41;
    else if (/[mwMW@%—…∫≥≤→∅]/u.test(c)) em += 0.98;
    else if (/[A-Z0-9+−=<>~#&?×±]/u.test(c)) em += c >= "0" && c <= "9" ? 0.64 : 0.8;
    else em += 0.63;
  }
  return em * size * (bold ? 1.1 : 1);
}

/** The text, or its beginning and "…" where it is wider than `width`. */
export function fitText(text: string, width: number, size = 12, bold = false): string {
  if (textWidth(text, size, bold) <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && textWidth(`${letters.join("")}…`, size, bold) > width) letters.pop();
  return `${letters.join("").trimEnd()}…`;
}

/** Lines of at most `width` pixels, broken at spaces; a longer word is cut. */
export function wrapText(text: string, width: number, size = 12): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/u)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = fitText(word, width, size);
  }
  lines.push(line);
  return lines;
}

const raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const lowered = "₀₁₂₃₄₅₆₇₈₉";

function digits(value: number, alphabet: string): string {
  return String(value).replace(/\d/g, (d) => alphabet[Number(d)] ?? d);
}

/** k as a subscript. */
export function subscript(k: number): string {
  return digits(k, lowered);
}

/** 10 to the k, e.g. 10⁻³. */
export function power(k: number): string {
  return `10${k < 0 ? "⁻" : ""}${digits(Math.abs(k), raised)}`;
}

/** A number for people: `precision` significant digits, a true minus sign, powers of ten where plain digits would be long. */
export function formatNumber(value: number, precision = 3): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  if (size === 0) return "0";
  const [mantissa = "", exponent = "0"] = size.toExponential(Math.max(0, precision - 1)).split("e");
  const k = Number(exponent);
  if (k >= 5 || k < -3) {
    const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    return `${sign}${short === "1" ? "" : `${short}·`}${power(k)}`;
  }
  const plain = size.toFixed(Math.max(0, precision - 1 - k));
  return sign + (plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain);
}

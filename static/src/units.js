// Writes a value in its unit by the recipe that the server sends along: a suffix, a factor, a scale or steps.
function autoDecimals(value) {
  if (value === 0 || value % 1 === 0 || !Number.isFinite(value)) return 0;
  let decimals = 1 - Math.floor(Math.log10(Math.abs(value)));
  if (Math.abs(value) / 10 ** -decimals > 2.25) decimals += 1;
  return Math.max(0, decimals);
}

function fixed(value, decimals) {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "-∞" : "NaN";
  const places = decimals ?? autoDecimals(value);
  return places > 15 ? String(value) : value.toFixed(places);
}

export function written(value, unit, decimals) {
  const rule = unit ?? {};
  if (rule.steps) {
    const [, factor, suffix] = rule.steps.find(([limit]) => Math.abs(value) < limit) ?? rule.steps.at(-1);
    return fixed(value * factor, decimals) + suffix;
  }
  if (rule.base) {
    const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) / Math.log10(rule.base));
    const last = rule.suffixes.length - 1;
    const index = Math.max(-rule.offset, Math.min(power, last - rule.offset));
    return fixed(value / rule.base ** index, decimals) + rule.suffixes[index + rule.offset];
  }
  return (rule.prefix ?? "") + fixed(value * (rule.factor ?? 1), decimals) + (rule.suffix ?? "");
}

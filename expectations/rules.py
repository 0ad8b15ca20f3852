"""The rules of the gates, and what each says to the person who must act.

Here: one entry a rule: how much it stops, and its sentence in both languages.
Not here: which column a rule is applied to (suites/) and how it is checked (judge).
"""

from __future__ import annotations

from dataclasses import dataclass

# How much a finding stops.
QUARANTINE = "quarantine"  # the row
HOLD = "hold"  # the delivery, until a person releases it
REFUSE = "refuse"  # the delivery
BLOCK = "block"  # the release


@dataclass(frozen=True)
class Rule:
    """`zh` and `en` are templates: {zh}, {en} stand for the column's labels,
    {detail} for the bound or list that was broken. Never a delivered value."""

    severity: str
    zh: str
    en: str

    def message_zh(self, label: str, detail: str = "") -> str:
        return self.zh.format(zh=label, detail=detail)

    def message_en(self, label: str, detail: str = "") -> str:
        return self.en.format(en=label, detail=detail)


FIX_ZH = "请在来源系统中更正后重新报送。"
FIX_EN = "Correct it in the source and deliver again."

RULES = {
    # cells that could not be read; the reader blanked them (sources/conform.py)
    "damaged_id": Rule(
        QUARANTINE,
        "“{zh}”已损坏（多为表格软件把代码当作数字）。请将该列设为文本后重新导出。",
        '"{en}" is damaged, mostly by a spreadsheet that took a code for a number. Make the column text and export again.',
    ),
    "not_a_number": Rule(QUARANTINE, "“{zh}”不是数字。" + FIX_ZH, '"{en}" is not a number. ' + FIX_EN),
    "not_whole": Rule(QUARANTINE, "“{zh}”应为整数。" + FIX_ZH, '"{en}" must be a whole number. ' + FIX_EN),
    "too_many_decimals": Rule(QUARANTINE, "“{zh}”小数位过多。" + FIX_ZH, '"{en}" has too many decimals. ' + FIX_EN),
    "out_of_range": Rule(QUARANTINE, "“{zh}”数值过大，无法存储。" + FIX_ZH, '"{en}" is too large to be stored. ' + FIX_EN),
    "not_a_date": Rule(QUARANTINE, "“{zh}”不是有效日期。" + FIX_ZH, '"{en}" is not a date. ' + FIX_EN),
    "not_a_month": Rule(QUARANTINE, "“{zh}”不是有效年月。" + FIX_ZH, '"{en}" is not a month. ' + FIX_EN),
    "error_cell": Rule(
        QUARANTINE,
        "“{zh}”是表格公式错误（如 #N/A）。请修复公式后重新导出。",
        '"{en}" is a spreadsheet error such as #N/A. Mend the formula and export again.',
    ),
    # rows
    "missing_value": Rule(QUARANTINE, "“{zh}”不能为空。请补填后重新报送。", '"{en}" must not be empty. Fill it in and deliver again.'),
    "bad_format": Rule(QUARANTINE, "“{zh}”格式不符：{detail}。" + FIX_ZH, '"{en}" is not of the form {detail}. ' + FIX_EN),
    "out_of_bounds": Rule(QUARANTINE, "“{zh}”不合情理，应{detail}。" + FIX_ZH, '"{en}" is not plausible: expected {detail}. ' + FIX_EN),
    "impossible_date": Rule(QUARANTINE, "“{zh}”日期不可能，应{detail}。" + FIX_ZH, '"{en}" is an impossible date: expected {detail}. ' + FIX_EN),
    "dates_reversed": Rule(QUARANTINE, "“{zh}”早于{detail}。" + FIX_ZH, '"{en}" lies before {detail}. ' + FIX_EN),
    "repeated_row": Rule(
        QUARANTINE,
        "与前面一行完全相同，只保留第一行（{zh}）。",
        "The row repeats an earlier one; the first is kept ({en}).",
    ),
    "duplicate_key": Rule(
        QUARANTINE,
        "同一{zh}出现内容不同的多行，均未采用。请只保留正确的一行后重新报送。",
        "Several rows with the same {en} contradict each other; none is used. Keep the right one and deliver again.",
    ),
    "unknown_measure": Rule(
        QUARANTINE,
        "“{zh}”不在指标项目录中。请核对名称，或先在目录中登记。",
        '"{en}" is not in the catalogue of measures. Check the name, or add it to the catalogue first.',
    ),
    "not_a_whole_number": Rule(
        QUARANTINE,
        "人数、班级数、学校数应为整数（{zh}）。" + FIX_ZH,
        "Counts of people, classes and schools are whole numbers ({en}). " + FIX_EN,
    ),
    # deliveries
    "columns_differ": Rule(REFUSE, "列与约定不符。请联系数据工程人员。", "The columns are not the declared ones. Ask the data engineer."),
    "not_pseudonymised": Rule(
        REFUSE,
        "“{zh}”不是去标识化后的人员代码。请立即联系数据工程人员。",
        '"{en}" is not a pseudonym. Tell the data engineer at once.',
    ),
    "empty_table": Rule(
        HOLD,
        "没有任何数据行。如确实为空，请由人工确认放行；否则请重新报送。",
        "There are no rows at all. Have a person release it if that is true, else deliver again.",
    ),
    "unreadable_column": Rule(
        HOLD,
        "“{zh}”有 {detail} 无法读取，超过一半：该列可能单位有误或列已错位。请更正版式或文件后重新报送。",
        '"{en}" could not be read in {detail}, more than half: the unit may be wrong, or the columns shifted. '
        "Correct the layout or the file and send it again.",
    ),
    # deliveries, against the last accepted one of the same thing
    "class_missing": Rule(
        HOLD,
        "与上一份相比整类数据缺失：{detail}。如属实（如学校撤并），请由人工确认放行（junheng release-hold）；否则请补全后重新报送。",
        "A whole class of rows that the last delivery had is missing: {detail}. If that is true, such as a school that closed, "
        "have a person release it (junheng release-hold); else complete it and deliver again.",
    ),
    "count_far": Rule(
        HOLD,
        "行数与上一份相差过大：{detail}。如属实，请由人工确认放行（junheng release-hold）；否则请重新导出后报送。",
        "The number of rows is far from that of the last delivery: {detail}. If that is true, have a person release it "
        "(junheng release-hold); else export it again.",
    ),
    "factor_10000": Rule(
        HOLD,
        "“{zh}”与上一份约差一万倍（{detail}），可能是元与万元（或平方米与万平方米）混用。请核对计量单位后重新报送；如属实，请由人工确认放行（junheng release-hold）。",
        '"{en}" differs from the last delivery by about ten thousand ({detail}): yuan for ten thousand yuan, perhaps. Check the unit '
        "and deliver again; if it is true, have a person release it (junheng release-hold).",
    ),
    "held_together": Rule(
        HOLD,
        "与同一次交付中被搁置的{detail}一并搁置：半份交付不予采用。放行其中任何一张表即全部放行。",
        "Held together with {detail} of the same delivery: half of a delivery is not used. Releasing either releases both.",
    ),
    # releases
    "key_missing": Rule(BLOCK, "主键列“{zh}”有空值。", 'Key column "{en}" has empty values.'),
    "key_repeated": Rule(BLOCK, "主键（{zh}）重复。", "The key ({en}) is not unique."),
    "unknown_word": Rule(BLOCK, "“{zh}”出现词汇表以外的值，应为：{detail}。", '"{en}" holds a word outside the vocabulary: {detail}.'),
    "impossible_number": Rule(BLOCK, "“{zh}”数值不可能，应{detail}。", '"{en}" is impossible: expected {detail}.'),
    "rows_disagree": Rule(BLOCK, "“{zh}”与其他表不一致：{detail}。", '"{en}" disagrees with the other tables: {detail}.'),
    "nothing_to_publish": Rule(BLOCK, "没有任何数据行。", "There are no rows at all."),
    "table_missing": Rule(BLOCK, "缺少结果表。", "The table is missing."),
    # the judge itself
    "not_judged": Rule(BLOCK, "无法验收：{detail}。请联系数据工程人员。", "Could not be judged: {detail}. Ask the data engineer."),
}

# What only a comparison with the last delivery shows: with such a doubt the whole pull or file waits.
COMPARISONS = {"class_missing", "count_far", "factor_10000"}

UNKNOWN_RULE = Rule(QUARANTINE, "“{zh}”有误（{detail}）。" + FIX_ZH, '"{en}" is wrong ({detail}). ' + FIX_EN)


def rule_of(name: str) -> Rule:
    """The rule of that name; a reader's rule that is not listed still quarantines its row."""
    return RULES.get(name, UNKNOWN_RULE)

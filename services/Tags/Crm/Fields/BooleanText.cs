namespace TagSegments.Tags.Crm.Fields;

/// <summary>The spellings of true and false in a column that is known to be boolean, as spreadsheets and forms of the usual languages write them.</summary>
internal static class BooleanText
{
    private static readonly HashSet<string> s_true = new(
        [
            "true", "yes", "1", "ja", "wahr", "oui", "vrai", "sí", "si", "sì", "verdadero", "vero", "waar", "sim", "verdadeiro", "tak", "prawda", "ano", "igen", "da",
            "да", "áno", "так", "ναι", "כן", "نعم", "taip", "jā", "jah", "có", "ya", "evet", "kyllä", "kylla", "joo", "はい", "是", "예", "네", "○", "〇", "◯", "有", "可",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> s_false = new(
        [
            "false", "no", "0", "nein", "falsch", "non", "faux", "falso", "nee", "onwaar", "não", "nao", "nie", "fałsz", "nej", "nei", "ne", "nem", "nu", "нет", "не", "ні", "όχι", "לא", "لا", "nē", "không", "tidak", "hayır", "hayir",
            "ei", "いいえ", "否", "아니요", "아니오", "×", "✕", "✗", "無", "无", "不可",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a word as a boolean.</summary>
    public static bool TryParse(string text, out bool value)
    {
        value = s_true.Contains(text);
        return value || s_false.Contains(text);
    }
}
